"""Native places as people write them."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from core.entities.forms import NationalPlaceField
from core.national import place_label, places_beginning


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("520521", "520521"),
        ("贵州省 毕节市 大方县 520521", "520521"),
        ("贵州省毕节市大方县", "520521"),
        ("贵州省大方县", "520521"),
        ("贵州大方", "520521"),
        ("毕节大方县", "520521"),
        ("大方县", "520521"),
        ("毕节市", "520500"),
        ("贵州毕节", "520500"),
        ("四川省宜宾市", "511500"),
        ("四川宜宾", "511500"),
        ("衡阳县", "430421"),
        ("湖南省湘潭市湘潭县", "430321"),
        ("内蒙古赤峰", "150400"),
        ("黔东南凯里市", "522601"),
        ("毕节市黔西县", "520522"),
        ("威宁县", "520526"),
        ("广西南宁", "450100"),
    ],
)
def test_a_place_is_found_as_it_is_written(text: str, code: str) -> None:
    assert NationalPlaceField().clean(text) == code


@pytest.mark.parametrize(
    ("text", "said"), [("朝阳区", "不止一个"), ("无此县", "没有找到"), ("大方", "没有找到")]
)
def test_what_is_not_clear_is_asked(text: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        NationalPlaceField().clean(text)


def test_names_are_those_of_today() -> None:
    assert place_label("430421") == "湖南省 衡阳市 衡阳县"
    assert place_label("430321") == "湖南省 湘潭市 湘潭县"


def test_places_of_today_are_suggested_first() -> None:
    assert places_beginning("大方", 10)[:2] == ["520521", "522422"]
    assert places_beginning("贵州省大方", 3)[0] == "520521"
