"""Whoever changes what a signed figure counted says why; the list of corrections tells it all."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from core.entities import signed
from core.ledgers import actions as imports
from core.rules import RuleError
from reports.definitions.registry import BY_CODE
from reports.models import Plan, Settlement
from reports.periods.causes import causes
from talent.models import Certificate, Person, Post
from talent.people.merging import merge_person
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.imports.ledgers import apply, check, people, person, take
from tests.reports import build
from tests.reports.build import on
from tests.reports.test_settlement import freeze
from tests.rows import id_number

ClientOf = Callable[[Any], Client]
pytestmark = pytest.mark.django_db(transaction=True)
CORRECTED = "/dashboard/520102/list/{}/?on=2025-12-31&part=corrected"


@pytest.fixture
def plan(cast: Cast) -> Plan:
    return Plan.objects.get(code="14_5")


def reread(record: Any) -> Any:
    return type(record).objects.get(pk=record.pk)


def certified(place: str = TOWNSHIP_A) -> Certificate:
    return build.certificate(build.person(place))


def edit(client: Any, certificate: Certificate, **changed: str) -> Any:
    record = reread(certificate)
    data = {
        "version": str(record.version), "level": record.level, "number": record.number,
        "approved_on": record.approved_on.isoformat(),
    }  # fmt: skip
    return client.post(f"/certificates/{record.pk}/edit/", data | changed)


def said(answer: Any) -> str:
    return " ".join(str(m) for m in answer.context["messages"]) if answer.context else ""


def test_an_edit_of_what_was_counted_asks_why_and_says_so(
    cast: Cast, plan: Plan, client_of: ClientOf
) -> None:
    certificate, client = certified(), client_of(cast.clerk_a)
    # Nothing is signed yet: nobody is asked.
    assert edit(client, certificate, issuer="省人社厅").status_code == 302
    freeze(cast.province, plan)
    # Of the issuer no figure speaks.
    assert edit(client, certificate, issuer="省人事考试院").status_code == 302
    asked = edit(client, certificate, approved_on="2026-02-01")
    assert asked.status_code == 422
    assert "涉及已冻结的决算" in asked.text
    assert "持证人才 −1" in asked.text
    assert 'name="reason"' in asked.text
    assert reread(certificate).approved_on == on("2022-06-12")
    why = "证书原件为 2026 年"
    done = client_of(cast.clerk_a)
    answer = edit(done, certificate, approved_on="2026-02-01", reason=why)
    assert answer.status_code == 302
    page = done.get(answer["Location"]).text
    assert "列为决算后更正：“十四五”规划决算 持证人才 −1。" in page
    listed = client_of(cast.province).get(CORRECTED.format("T2")).text
    text = re.sub(r"\s+", " ", listed)
    assert "证书 批准日期</b>：<del>2022-06-12</del> → <ins>2026-02-01</ins>" in text
    assert f"事由：{why}" in text
    assert cast.clerk_a.display_name in text
    # To say more of what is so by now changes nothing that was signed.
    assert edit(client, certificate, approved_on="2026-03-01").status_code == 302


def test_the_file_of_corrections_tells_it_too(cast: Cast, plan: Plan, client_of: ClientOf) -> None:
    certificate = certified()
    freeze(cast.province, plan)
    edit(client_of(cast.clerk_a), certificate, approved_on="2026-02-01", reason="原件为 2026 年")
    answer = client_of(cast.province).post(
        "/dashboard/520102/list/T2/export/", {"on": "2025-12-31", "part": "corrected"}
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    text = str(book.get_sheet_by_index(0).to_python())
    assert "证书 批准日期：2022-06-12 → 2026-02-01（" in text
    assert "原件为 2026 年）" in text


def test_what_is_added_is_told_and_not_asked(cast: Cast, plan: Plan, client_of: ClientOf) -> None:
    someone = build.person(TOWNSHIP_A)
    freeze(cast.province, plan)
    client = client_of(cast.clerk_a)
    data = {"person": str(someone.pk), "level": "1", "approved_on": "2023-06-11"}
    answer = client.post("/certificates/new/", data)
    assert answer.status_code == 302
    assert "持证人才 +1" in client.get(answer["Location"]).text


class Always:
    """A witness to whom every write takes something that was signed."""

    def look(self, records: Any) -> str:
        return "signed"

    def effect(self, before: Any, records: Any) -> signed.Effect:
        return signed.Effect(["决算 −1"], takes=True)


def test_a_dialog_that_asks_for_no_reason_gets_a_field_for_it(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone, other = build.person(TOWNSHIP_A), build.person(TOWNSHIP_A)
    monkeypatch.setattr(signed, "_witnesses", [Always()])
    client, path = client_of(cast.clerk_a), f"/people/{someone.pk}/confirm/"
    data = {"version": str(reread(someone).version)}
    assert 'name="correction_reason"' not in client.get(path).text
    asked = client.post(path, data)
    assert (asked.status_code, reread(someone).confirmed_on) == (422, None)
    assert 'name="correction_reason"' in asked.text
    answer = client.post(path, data | {"correction_reason": "电话核实"})
    assert answer.status_code == 302
    assert reread(someone).confirmed_on is not None
    assert "列为决算后更正：决算 −1。" in client.get(answer["Location"]).text
    # In bulk one reason is asked for all, and until then nobody is written.
    bulk = {"ids": [str(other.pk)], "confirmed": "1"}
    asked = client.post("/people/bulk/confirm/", bulk)
    assert ('name="correction_reason"' in asked.text, reread(other).confirmed_on) == (True, None)
    assert (
        client.post("/people/bulk/confirm/", bulk | {"correction_reason": "核实"}).status_code
        == 302
    )
    assert reread(other).confirmed_on is not None


def test_what_later_papers_say_is_told(cast: Cast, plan: Plan, client_of: ClientOf) -> None:
    certificate = certified()
    station = build.station(COUNTY_A, "2", approval="")
    Certificate.objects.update(verification="3", verified_on=on("2024-01-01"))
    freeze(cast.province, plan)
    client, path = client_of(cast.reviewer_a), f"/certificates/{certificate.pk}/verify/"
    data = {"version": "1", "verification": "4", "means": "官网", "verified_on": "2026-05-01"}
    assert client.post(path, data).status_code == 302
    # A station that was approved in 2024 counts on the day that was signed.
    path = f"/stations/{station.pk}/approve/"
    data = {"version": str(station.version), "since": "2024-06-01", "reason": "批复原件"}
    answer = client.post(path, data)
    assert answer.status_code == 302
    assert "支撑平台 +1" in client.get(answer["Location"]).text


def test_an_action_without_a_reason_is_asked_again_with_a_field(
    cast: Cast, plan: Plan, client_of: ClientOf
) -> None:
    """Its form has none: it is offered once it turns out that a signed figure moves."""
    someone = build.person(TOWNSHIP_A)
    freeze(cast.province, plan)
    client, path = client_of(cast.clerk_a), f"/people/{someone.pk}/death/"
    data = {"version": str(reread(someone).version), "died_on": "2025-05-01", "proof": "证明 1"}
    asked = client.post(path, data)
    assert asked.status_code == 422
    assert "请写明事由" in asked.text
    assert client.post(path, data | {"reason": "家属补报"}).status_code == 302
    found = causes(BY_CODE["T1"].population, [someone.pk], since=Settlement.objects.get().frozen_at)
    ends = [c for c in found[someone.pk] if (c.record, c.label) == ("任职", "最后在岗日")]
    assert [(c.old, c.new, c.reason) for c in ends] == [("", "2025-05-01", "家属补报")]


def test_in_bulk_one_reason_is_asked_for_all(cast: Cast, plan: Plan, client_of: ClientOf) -> None:
    rows = [certified() for _ in range(2)]
    freeze(cast.province, plan)
    client = client_of(cast.reviewer_a)
    data = {
        "ids": [str(row.pk) for row in rows], "confirmed": "2", "verification": "3",
        "means": "官网", "verified_on": "2026-05-01",
    }  # fmt: skip
    path = "/certificates/bulk/verify/"
    assert client.post(path, data).status_code == 302
    assert Certificate.objects.filter(verification="3").count() == 2
    # Verified on an earlier day they leave and join figures of the day that was signed.
    earlier = data | {"verification": "4", "verified_on": "2024-05-01"}
    answer = client.post(path, earlier, follow=True)
    assert "县级以上核验 +2" in answer.text


def test_a_mistake_is_minus_one(cast: Cast, plan: Plan, client_of: ClientOf) -> None:
    someone = certified().person
    freeze(cast.province, plan)
    client, path = client_of(cast.reviewer_a), f"/people/{someone.pk}/deactivate/"
    data = {"version": str(reread(someone).version), "why": "mistake", "reason": "录错人了"}
    answer = client.post(path, data)
    assert "社工人才 −1" in client.get(answer["Location"]).text
    listed = client.get(CORRECTED.format("T1")).text
    assert "更正 <b>1</b> 项，净减 <b>1</b>" in listed
    assert "人员 误录" in listed
    assert "事由：录错人了" in listed


def test_a_merger_and_what_was_removed_with_it(cast: Cast, plan: Plan) -> None:
    kept, double = (build.person(TOWNSHIP_A) for _ in range(2))
    freeze(cast.province, plan)
    since = Settlement.objects.get().frozen_at
    merge_person(person=reread(double), kept=reread(kept), by=cast.reviewer_a, reason="同一人")
    population = BY_CODE["T1"].population
    found = causes(population, [kept.pk, double.pk], since=since)
    assert any(c.label == "合并到" for c in found[double.pk])
    states = [c for c in found[double.pk] if c.record == "人员状态"]
    assert any("合并" in c.new for c in states)


def test_ledgers_ask_for_the_reason_of_corrections(
    cast: Cast, plan: Plan, client_of: ClientOf
) -> None:
    number = id_number()
    cells = {"学历": "大学本科", "证书级别": "社会工作师", "批准日期": "2022-06-12"}
    take(cast.clerk_a, "people", people(person(number=number, **cells)))
    Post.objects.update(started_on=on("2023-03-01"))
    freeze(cast.province, plan)
    # A phone decides nothing.
    batch = check(cast.clerk_a, "people", people(person(number=number, 联系电话="13985012345")))
    assert imports.corrects(batch) == 0
    other = people(person(number=number, **cells | {"批准日期": "2021-06-20"}))
    batch = check(cast.clerk_a, "people", other)
    batch.counts["flagged"] = 0
    batch.save()
    assert (
        "有 1 条改动涉及已冻结的决算" in client_of(cast.clerk_a).get(f"/imports/{batch.pk}/").text
    )
    with pytest.raises(RuleError, match="涉及已冻结的决算"):
        imports.confirm(batch=batch, by=cast.clerk_a, inline=True)
    apply(batch)
    someone = Person.objects.get(posts__isnull=False)
    found = causes(BY_CODE["T2"].population, [someone.pk], since=Settlement.objects.get().frozen_at)
    (change,) = [c for c in found[someone.pk] if c.label == "批准日期"]
    assert (change.old, change.new, change.reason) == ("2022-06-12", "2021-06-20", "已知悉")


def test_stations_answer_for_their_townships(cast: Cast, plan: Plan, client_of: ClientOf) -> None:
    station = build.station(TOWNSHIP_A)
    freeze(cast.province, plan)
    client, path = client_of(cast.reviewer_a), f"/stations/{station.pk}/close/"
    data = {"version": str(station.version), "closed_on": "2025-06-01", "reason": "补办撤并"}
    answer = client.post(path, data)
    assert answer.status_code == 302
    assert "乡镇（街道）社工站建成率 −1" in client.get(answer["Location"]).text
    listed = client.get(CORRECTED.format("T6_BUILT")).text
    assert "站点状态" in listed
    assert "事由：补办撤并" in listed
