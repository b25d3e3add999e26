"""Pages of a long list: every row once, whatever is remembered of where a page began."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import QuerySet

from core.entities.paging import Paginator, count_rows
from talent.models import Person
from tests.reports import build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people() -> None:
    cache.clear()
    for n in range(11):
        someone = build.person(post=False)
        Person.objects.filter(pk=someone.pk).update(pinyin="abbbccdeeff"[n])


def pages(order: list[str], *, key: str = "", per_page: int = 2, **options: Any) -> Paginator:
    rows: QuerySet[Any] = Person.objects.all()
    return Paginator(
        rows, per_page=per_page, count=rows.count(), order=order, key=key,
        fetch=lambda ids: Person.objects.filter(pk__in=ids), **options,
    )  # fmt: skip


def keys(paginator: Paginator) -> list[Any]:
    numbers = range(1, paginator.num_pages + 1)
    return [row.pk for n in numbers for row in paginator.page(n).object_list]


@pytest.mark.parametrize("order", [["pinyin", "id"], ["-pinyin", "-id"], ["-pinyin", "id"]])
def test_every_row_stands_once_also_when_pages_begin_at_a_mark(
    monkeypatch: pytest.MonkeyPatch, order: list[str]
) -> None:
    monkeypatch.setattr("core.entities.paging._WORTH_MARKING", 0)
    wanted = list(Person.objects.order_by(*order).values_list("pk", flat=True))
    for _ in range(2):
        assert keys(pages(order, key="all")) == wanted
    assert keys(pages(order)) == wanted


def test_a_page_deep_inside_is_entered_where_it_began(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr("core.entities.paging._WORTH_MARKING", 0)
    first = pages(["pinyin", "id"], key="all").page(3).object_list
    with django_assert_num_queries(3) as found:
        again = pages(["pinyin", "id"], key="all").page(3).object_list
    assert again == first
    assert "OFFSET" in _sql_of(pages(["pinyin", "id"], key="other"), 3)
    assert "OFFSET" not in found.captured_queries[1]["sql"]
    assert ">=" in found.captured_queries[1]["sql"]


def _sql_of(paginator: Paginator, number: int) -> str:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        paginator.page(number)
    return str(queries.captured_queries[0]["sql"])


def test_columns_that_may_be_empty_are_not_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.entities.paging._WORTH_MARKING", 0)
    Person.objects.filter(pinyin="b").update(birth_date="1990-01-01")
    order = ["birth_date", "id"]
    wanted = list(Person.objects.order_by(*order).values_list("pk", flat=True))
    for _ in range(2):
        assert keys(pages(order, key="all")) == wanted


def test_a_large_count_is_remembered_for_its_own_list_alone(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    rows: QuerySet[Any] = Person.objects.all()
    assert count_rows(rows, key="small") == 11
    with django_assert_num_queries(1):
        assert count_rows(rows, key="small") == 11
    monkeypatch.setattr("core.entities.paging._WORTH_KEEPING", 10)
    assert count_rows(rows, key="all") == 11
    with django_assert_num_queries(0):
        assert count_rows(rows, key="all") == 11
    assert count_rows(rows.filter(pinyin="b"), key="b") == 3


def test_a_list_that_was_counted_long_ago_is_turned_to_its_true_end() -> None:
    paginator = pages(["pinyin", "id"], per_page=4, is_exact=False)
    paginator.count = 5
    assert [len(paginator.page(n)) for n in (1, 2, 3, 4)] == [4, 4, 3, 0]
    assert not paginator.page(3).has_next
    assert paginator.page(2).has_next
