"""A settled plan: what was signed stays, and what the data say since stands beside it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import InternalError, connection, transaction
from python_calamine import CalamineWorkbook

from core.jobs import running as jobs
from core.models import Job
from core.rules import RuleError
from reports.definitions.registry import BY_CODE, INDICATORS
from reports.models import Plan, SettledMembers, Settlement
from reports.periods import settlements
from reports.periods.actions import freeze_plan
from reports.snapshots import actions
from reports.snapshots import reading as snapshots
from tests.reports import build
from tests.reports.build import DAY

pytestmark = pytest.mark.django_db(transaction=True)
T1 = BY_CODE["T1"]


@pytest.fixture
def plan(cast: Any) -> Plan:
    return Plan.objects.get(code="14_5")


def sheets(response: Any) -> list[Any]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content)))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def freeze(by: Any, plan: Plan) -> Settlement:
    settlement = freeze_plan(by=by, plan=plan, document="黔民发〔2026〕1号")
    assert jobs.run(settlement.job_id)
    settlement.refresh_from_db()
    assert settlement.frozen_at is not None, settlement.job.message
    return settlement


def test_what_is_frozen_equals_every_figure(cast: Any, plan: Plan) -> None:
    someone = build.person()
    build.certificate(someone)
    build.person("520111004", since=build.EARLY)
    build.person(None, post=False)
    build.claim(build.person("522301001"), native_basis="1")
    build.station("520102016", covers=("520102016", "520102017"))
    build.graduates(2023, 120)
    build.employer()
    settlement = freeze(cast.province, plan)
    assert settlement.snapshot is not None
    reading = snapshots.read(settlement.snapshot, user=cast.province, regions=["52", "520102"])
    counted = 0
    for indicator in INDICATORS:
        for region in ("52", "520102"):
            rows = settlements.settled_members(settlement, indicator, region, user=cast.province)
            keys = [str(pk) for pk in rows.values_list("pk", flat=True)]
            then = settlements.as_settled(settlement, indicator, region, keys)
            figure = reading.value(indicator.code, region) or 0
            assert sum(s.amount for s in then.values()) == figure, (indicator.code, region)
            assert settlements.corrections(settlement, indicator, region) == []
            counted += figure
    assert counted > 120
    unlocated = settlements.settled_members(
        settlement, BY_CODE["T1_L0"], "52", "unlocated", user=cast.province
    )
    assert unlocated.count() == reading.unlocated("T1_L0") == 1


def test_later_corrections_stand_beside_and_move_nothing(cast: Any, plan: Plan) -> None:
    left, moved, stays = build.person(), build.person(), build.person()
    build.graduates(2023, 100)
    settlement = freeze(cast.province, plan)
    signed = settlements.digest_of(settlement)
    left.posts.update(ended_on=build.on("2025-06-01"))
    moved.posts.update(region="520111004")
    late = build.person()
    plan_stat = BY_CODE["T4"].population.rows(DAY).get()
    plan_stat.graduates = 90
    plan_stat.save()
    actions.refresh_if_stale()
    shown = snapshots.shown(DAY)
    assert shown == settlement.snapshot
    assert shown is not None
    assert shown.values.get(indicator="T1", region="520102").value == 3
    now = snapshots.latest(DAY)
    assert now is not None
    assert now.values.get(indicator="T1", region="520102").value == 2
    found = settlements.corrections(settlement, T1, "520102")
    assert {(c.key, c.before, c.now) for c in found} == {
        (str(left.pk), 1, 0), (str(moved.pk), 1, 0), (str(late.pk), 0, 1),
    }  # fmt: skip
    assert [c.key for c in settlements.corrections(settlement, T1, "520111")] == [str(moved.pk)]
    then = settlements.settled_members(settlement, T1, "520102", user=cast.province)
    assert set(then) == {left, moved, stays}
    (sum_then,) = settlements.corrections(settlement, BY_CODE["T4"], "52")
    assert (sum_then.before, sum_then.now) == (100, 90)
    assert settlements.digest_of(settlement) == signed == settlement.digest


def test_scripts_print_of_a_settled_day_what_was_signed(cast: Any, plan: Plan) -> None:
    """As the board, the API and the files do, also where nothing was counted."""
    someone = build.person()
    freeze(cast.province, plan)
    someone.posts.update(ended_on=build.on("2025-06-01"))

    def printed(region: str) -> dict[str, Any]:
        out = io.StringIO()
        call_command("indicators", "--on", "2025-12-31", "--region", region, "--json", stdout=out)
        return {row["code"]: row for row in json.loads(out.getvalue())["indicators"]}

    assert printed("520102")["T1"]["value"] == 1
    empty = printed("520111")
    assert (empty["T1"]["value"], empty["T1"]["denominator"]) == (0, None)
    assert (empty["T7_CENTRE"]["value"], empty["T7_CENTRE"]["denominator"]) == (0, 0)


def test_nothing_changes_what_was_signed(cast: Any, plan: Plan) -> None:
    build.person()
    settlement = freeze(cast.province, plan)
    for change in (
        lambda: SettledMembers.objects.update(indicator="T2"),
        lambda: SettledMembers.objects.all().delete(),
        lambda: Settlement.objects.update(document="另一份"),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            change()
    actions.take_all()
    assert snapshots.shown(DAY) == settlement.snapshot


def test_only_the_province_freezes_a_plan_that_is_over_and_once(cast: Any, plan: Plan) -> None:
    with pytest.raises(PermissionDenied):
        freeze_plan(by=cast.prefecture, plan=plan, document="x")
    with pytest.raises(RuleError, match="文号"):
        freeze_plan(by=cast.province, plan=plan, document=" ")
    freeze(cast.province, plan)
    with pytest.raises(RuleError, match="已经冻结"):
        freeze_plan(by=cast.province, plan=plan, document="x")
    Plan.objects.filter(pk=plan.pk).update(ends_on=build.on("2099-12-31"))
    plan.refresh_from_db()
    with pytest.raises(RuleError, match="期满"):
        freeze_plan(by=cast.province, plan=plan, document="x")


def test_a_freezing_that_failed_is_set_going_again(cast: Any, plan: Plan) -> None:
    settlement = freeze_plan(by=cast.province, plan=plan, document="x")
    Job.objects.filter(pk=settlement.job_id).update(status=Job.Status.FAILED)
    again = freeze(cast.province, plan)
    assert again.pk == settlement.pk


def test_the_pages_show_what_was_signed_and_its_corrections(
    cast: Any, plan: Plan, client_of: Any
) -> None:
    left, stays = build.person(), build.person()
    gone = build.person()
    client = client_of(cast.province)
    page = client.get("/targets/?plan=14_5")
    assert "冻结决算" in page.text
    assert client.post("/targets/14_5/freeze/", {"document": ""}).status_code == 422
    client.post("/targets/14_5/freeze/", {"document": "黔民发〔2026〕1号"})
    settlement = Settlement.objects.get()
    assert "正在冻结" in client.get("/targets/?plan=14_5").text
    assert jobs.run(settlement.job_id)
    settlement.refresh_from_db()
    said = client.get("/targets/?plan=14_5").text
    assert "黔民发〔2026〕1号" in said
    assert settlement.digest[:16] in said
    left.posts.update(ended_on=build.on("2025-06-01"))
    # Gone from the county since: its officials see the number and not the person.
    gone.region_id = gone.residence_id = "520111004"
    gone.save()
    actions.refresh_if_stale()
    board = client.get("/dashboard/520102/").text
    assert "决算后更正" in board
    assert "−1" in board
    settled_board = client.get("/dashboard/520102/?on=2025-12-31").text
    assert "决算后更正" in settled_board
    whole = client.get("/dashboard/520102/list/T1/?on=2025-12-31").text
    for person in (left, stays, gone):
        assert person.name in whole
    assert "按现在的数据不再计入" in whole
    assert "新华路街道" in whole
    changed = client.get("/dashboard/520102/list/T1/?on=2025-12-31&part=corrected").text
    assert left.name in changed
    assert stays.name not in changed
    assert "净减" in changed
    county = client_of(cast.viewer_a)
    theirs = county.get("/dashboard/520102/list/T1/?on=2025-12-31").text
    assert left.name in theirs
    assert gone.name not in theirs
    assert "其中 1 条现已转到别的辖区" in theirs
    assert "冻结决算" not in county.get("/targets/?plan=14_5").text


def test_the_file_of_a_settlement_is_its_list(cast: Any, plan: Plan, client_of: Any) -> None:
    left, stays = build.person(), build.person()
    settlement = freeze(cast.province, plan)
    left.posts.update(ended_on=build.on("2025-06-01"))
    client = client_of(cast.province)

    def exported(**asked: str) -> str:
        answer = client.post("/dashboard/520102/list/T1/export/", {"on": "2025-12-31"} | asked)
        return str(sheets(answer))

    whole = exported()
    assert left.name in whole
    assert stays.name in whole
    assert settlement.digest in whole
    changed = exported(part="corrected")
    assert left.name in changed
    assert stays.name not in changed


def test_a_list_that_was_tampered_with_is_found(cast: Any, plan: Plan) -> None:
    build.person()
    freeze(cast.province, plan)
    out = io.StringIO()
    call_command("verify_settlements", stdout=out)
    assert "1 份决算的名单与签核时一致" in out.getvalue()
    table = SettledMembers._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET ids = ids[2:] WHERE indicator = 'T1'")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    with pytest.raises(CommandError, match="与签核时不一致"):
        call_command("verify_settlements", stdout=out)
