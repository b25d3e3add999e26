"""A long list is a search field: what is typed becomes one choice, or is sent back as typed."""

import pytest
from django import forms

from core.entities.forms.fields import say_what_is_missing
from core.entities.forms.widgets import SearchSelect
from talent.codes import ETHNICITIES

COUNTIES = [("520102", "贵阳市 南明区"), ("520103", "贵阳市 云岩区"), ("522301", "黔西南州 兴义市")]


class Form(forms.Form):
    people = forms.ChoiceField(
        label="民族", required=False, widget=SearchSelect, choices=[("", "不填"), *ETHNICITIES]
    )
    county = forms.ChoiceField(label="县（市、区）", widget=SearchSelect, choices=COUNTIES)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        say_what_is_missing(self.fields)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("03", "03"),
        ("回族", "03"),
        ("回", "03"),
        ("huizu", "03"),
        ("ＨＵＩＺＵ", "03"),
        (" 布依 ", "09"),
        ("byz", "09"),
        ("", ""),
    ],
)
def test_what_is_typed_is_one_choice(typed: str, meant: str) -> None:
    form = Form({"people": typed, "county": "520102"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["people"] == meant


@pytest.mark.parametrize("typed", ["贵阳市 南明区", "南明", "nmq", "nanming", "520102"])
def test_a_county_is_meant_by_its_last_word_too(typed: str) -> None:
    form = Form({"county": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["county"] == "520102"


@pytest.mark.parametrize("typed", ["贵阳", "火星区", "5201"])
def test_nothing_is_guessed_and_nothing_typed_is_lost(typed: str) -> None:
    form = Form({"county": typed})
    assert not form.is_valid()
    assert f"「{typed}」不在列表中，或不止一项" in form.errors["county"][0]
    assert f'value="{typed}"' in str(form["county"])


def test_a_choice_is_shown_by_its_name_and_found_by_its_reading() -> None:
    page = str(Form(initial={"county": "522301"})["county"])
    assert 'value="黔西南州 兴义市"' in page
    assert 'label="qianxinanzhouxingyishi qxnzxys xingyishi xys"' in page
    assert "522301" not in page


def test_an_empty_one_is_asked_for() -> None:
    assert Form({"county": " "}).errors["county"] == ["请填写县（市、区）。"]
