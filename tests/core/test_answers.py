"""All rules of a form speak at once, each on its own field: one round to mend, not three."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest

from core.dates import today
from core.entities.entity import ENTITIES
from core.entities.made import form_of
from core.rules import Answers, Flag, RuleError
from projects.models import Milestone, Payment, Project
from stations.models import StationMonthly
from talent.models import Certificate, Person, Post
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.core.test_entity_editing import form_data
from tests.imports.ledgers import outcomes, row_of, take, workbook
from tests.imports.test_projects import HEAD as PROJECTS
from tests.imports.test_projects import row as project
from tests.rows import DAY, make_person, make_project, make_station

LATER = today() + datetime.timedelta(days=400)


def _flag_then_refuse() -> Iterator[Flag]:
    yield Flag("A", "W", "请核对。", "a")
    raise RuleError("B", "不行。", field="b")


def test_what_was_remarked_on_before_a_refusal_is_heard() -> None:
    answers = Answers()
    answers.ask(_flag_then_refuse)
    answers.refuse("C", "也不行。", field="c")
    with pytest.raises(RuleError) as refused:
        answers.settle()
    assert [(e.rule, e.field, str(e)) for e in refused.value.each] == [
        ("B", "b", "不行。"), ("C", "c", "也不行。"),
    ]  # fmt: skip
    assert [flag.rule for flag in refused.value.flags] == ["A"]
    assert str(refused.value) == "不行。也不行。"
    assert refused.value.messages == ["不行。也不行。"]


def test_answers_within_answers() -> None:
    inner, outer = Answers(), Answers()
    inner.ask(_flag_then_refuse)
    outer.ask(inner.settle)
    outer.refuse("C", "也不行。")
    with pytest.raises(RuleError) as refused:
        outer.settle()
    assert [e.rule for e in refused.value.each] == ["B", "C"]
    assert len(refused.value.flags) == 1


@pytest.mark.django_db
def test_a_month(cast: Cast, client_of: Any) -> None:
    station = make_station(TOWNSHIP_A)
    last = today().replace(day=1) - datetime.timedelta(days=1)
    StationMonthly.objects.create(
        station=station, month=last.replace(day=1), visits=2, cases_open=0
    )
    client, url = client_of(cast.clerk_a), f"/station-months/new/?station={station.pk}"
    page = client.post(url, form_data(client, url) | {
        "month": f"{today():%Y-%m}", "span": "M",
        "cases_new": "5", "cases_open": "1", "cases_closed": "9",
        "groups": "3", "group_sessions": "1", "group_attendance": "2", "visits": "900",
        "workers": "1", "certified_workers": "2",
    })  # fmt: skip
    assert page.status_code == 422
    errors = page.context["form"].errors
    assert {"cases_closed", "group_sessions", "group_attendance", "workers", "reason"} <= set(
        errors
    )
    for words in ("小组节数不能少于小组数", "小组人次不能少于小组数", "中位数 2 的 5 倍"):
        assert words in page.text, words


CASES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "project": (
        {"budget": "10", "contract_amount": "20", "ends_on": "2020-01-01"},
        {"contract_amount", "ends_on"},
    ),
    "station": (
        {"built_on": f"{LATER}", "approval_date": f"{LATER}"},
        {"built_on", "approval_date"},
    ),
    "organization": (
        {"credit_code": "123", "registered_on": f"{LATER}", "deregistered_on": f"{LATER}"},
        {"credit_code", "registered_on", "deregistered_on"},
    ),
    "certificate": (
        {"number": "A" * 33, "approved_on": f"{LATER}"},
        {"number", "approved_on"},
    ),
    "person": (
        {"birth_date": f"{LATER}", "id_number": "52010219900307000"},
        {"birth_date", "id_number"},
    ),
    "post": (
        {"station": "", "started_on": f"{LATER}"},
        {"station", "started_on"},
    ),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("kind", CASES)
def test_a_record(kind: str, cast: Cast, client_of: Any) -> None:
    from tests.rows import make_row

    entity, (typed, fields) = ENTITIES[kind], CASES[kind]
    record, client = make_row(kind, COUNTY_A), client_of(cast.clerk_a)
    url = entity.url("edit", record)
    data = form_data(client, url) | typed
    data |= {f"{name}_text": value for name, value in typed.items() if f"{name}_text" in data}
    page = client.post(url, data)
    assert page.status_code == 422
    assert fields <= set(page.context["form"].errors), page.context["form"].errors


@pytest.mark.django_db
def test_a_day_is_judged_without_a_level(cast: Cast) -> None:
    given = {"level": "", "approved_on": f"{LATER}"}
    held = Certificate(person=make_person(TOWNSHIP_A))
    form = form_of(ENTITIES["certificate"], is_new=True)(given, user=cast.clerk_a, instance=held)
    assert {"level", "approved_on"} <= set(form.errors)


@pytest.mark.django_db
def test_a_payment_and_a_milestone(cast: Cast) -> None:
    of = make_project(COUNTY_A)
    payment = Payment(project=of)
    form = form_of(ENTITIES["payment"], is_new=True)(
        {"amount": "99999999", "paid_on": f"{LATER}", "stage": "40"}, user=cast.clerk_a,
        instance=payment,
    )  # fmt: skip
    assert {"amount", "paid_on", "stage"} <= set(form.errors)
    reached = Milestone.objects.create(project=of, stage="40", reached_on=DAY)
    Payment.objects.create(project=of, amount=1, stage="40", paid_on=DAY)
    edit = form_of(ENTITIES["milestone"])(
        {"stage": "50", "reached_on": f"{LATER}", "version": "1"}, user=cast.clerk_a,
        instance=reached,
    )  # fmt: skip
    assert {"stage", "reached_on"} <= set(edit.errors)


@pytest.mark.django_db
def test_a_row_of_a_ledger(cast: Cast) -> None:
    bad = project(预算金额=10_000, 合同金额=20_000, 开始日期="2024-05-01", 结束日期="2024-04-01")
    batch = take(cast.clerk_a, "projects", workbook([PROJECTS, bad, project("好项目")]))
    assert outcomes(batch) == {"refused": 1, "new": 1}
    said = {m["column"]: m["message"] for m in row_of(batch, 2).messages}
    assert "合同金额不能超过预算金额" in said["合同金额（元）"]
    assert "结束日期不能早于开始日期" in said["结束日期"]
    assert Project.objects.get().name == "好项目"


@pytest.mark.django_db
def test_an_action_puts_each_on_its_field(cast: Cast, client_of: Any) -> None:
    """A dialog whose rules are those of its action."""
    person = make_person(TOWNSHIP_A)
    Person.objects.filter(pk=person.pk).update(birth_date=today() - datetime.timedelta(days=4000))
    station = make_station(TOWNSHIP_A)
    Post.objects.create(person=person, station=station, region_id=TOWNSHIP_A, started_on=DAY)
    closed = make_station(TOWNSHIP_A)
    type(closed).objects.filter(pk=closed.pk).update(status="5")
    page = client_of(cast.clerk_a).post(
        f"/people/{person.pk}/reassign/",
        {
            "station": str(closed.pk), "started_on": f"{today()}", "kind": "3", "employment": "1",
            "reason": "换岗", "version": str(person.version),
        },
    )  # fmt: skip
    assert {"station", "started_on"} <= set(page.context["form"].errors)
    assert Certificate.objects.count() == 0
