"""Undo of a batch: what nobody touched is taken back, the rest is named (TRUST F33)."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection

from core.ledgers import actions
from core.ledgers.keeping import forget_expired
from core.models import Job, Region
from core.rules import RuleError
from core.secrecy.crypto import blind_index
from stations.models import Organization, Station
from talent.actions import accept_transfer, merge_person, request_transfer_out
from talent.models import Certificate, Education, Person, PersonState, Post, TransferRequest
from tests.conftest import COUNTY_B, TOWNSHIP_A, Cast
from tests.imports.ledgers import apply, check, fresh, outcomes, people, person, row_of, take
from tests.rows import id_number, make_person
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_undo_takes_back_what_nobody_touched(cast: Cast) -> None:
    known = id_number()
    take(cast.clerk_a, "people", people(person("老张", known, 学历="本科")))
    before = list(Person.objects.values("name", "remark", "phone_index", "region"))
    batch = take(
        cast.clerk_a,
        "people",
        people(
            person("老张", known, 备注="改了", 联系电话="13800001234", 学历="大专"),
            *[person(f"新{n}", 学历="本科") for n in "甲乙丙"],
        ),
    )
    assert outcomes(batch) == {"new": 3, "changed": 1}
    Person.objects.filter(name="新乙").update(remark="后来改的")
    Education.objects.filter(person__name="新丙").update(major="社会学")
    assert actions.undo(batch=batch, by=cast.clerk_a) == [4, 5]
    assert set(Person.objects.values_list("name", flat=True)) == {"老张", "新乙", "新丙"}
    old = Person.objects.filter(name="老张").values("name", "remark", "phone_index", "region")
    assert list(old) == before
    assert Education.objects.filter(person__name="老张").count() == 1
    assert Post.objects.count() == PersonState.objects.count() == 3
    assert row_of(batch, 4).is_applied
    assert not row_of(batch, 3).is_applied
    with pytest.raises(RuleError):
        actions.undo(batch=fresh(batch), by=cast.clerk_a)


def test_undo_leaves_a_history(cast: Cast) -> None:
    batch = take(cast.clerk_a, "people", people(person()))
    actions.undo(batch=batch, by=cast.reviewer_a)
    last = Person.pgh_event_model.objects.order_by("pgh_id").last()
    assert last is not None
    assert last.pgh_label == "delete"
    assert last.pgh_context.metadata["user"] == str(cast.reviewer_a.pk)
    assert last.pgh_context.metadata["reason"] == "撤销导入"


def test_undo_of_a_changed_post(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number)))
    moved = person("张三", number, 工作单位="南明区民政局", 入职日期="2024-07-01")
    batch = take(cast.clerk_a, "people", people(moved))
    assert actions.undo(batch=batch, by=cast.clerk_a) == []
    post = Post.objects.get()
    assert (post.ended_on, post.station is not None) == (None, True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("half", ["old", "new"])
def test_undo_leaves_a_changed_post_that_was_corrected(half: str, cast: Cast) -> None:
    """The row ends one post and begins another; each of them may be touched."""
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number)))
    moved = person("张三", number, 工作单位="南明区民政局", 入职日期="2024-07-01")
    batch = take(cast.clerk_a, "people", people(moved))
    Post.objects.filter(ended_on__isnull=half == "new").update(kind="2")
    assert actions.undo(batch=batch, by=cast.clerk_a) == [2]
    assert Post.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_undo_takes_unused_places_along(cast: Cast) -> None:
    rows = [person(n, 工作单位=f"{n}社工站") for n in ("张三", "李四", "王五")]
    rows.append(person("赵六", 工作单位="某服务中心"))
    batch = take(cast.clerk_a, "people", people(*rows))
    completed = Station.objects.get(name="李四社工站")
    Station.objects.filter(pk=completed.pk).update(version=2, is_incomplete=False)
    take(cast.clerk_a, "people", people(person("孙七", 工作单位="王五社工站")))
    assert actions.undo(batch=batch, by=cast.clerk_a) == []
    assert set(Station.objects.values_list("name", flat=True)) == {"李四社工站", "王五社工站"}
    assert not Organization.objects.exists()
    again = take(cast.clerk_a, "people", people(*rows))
    assert outcomes(again) == {"new": 4}
    assert Post.objects.count() == 5


def test_after_its_time_a_batch_can_only_be_looked_at(cast: Cast) -> None:
    """The rows are gone: an undo that undid nothing, or a confirmed nothing, would lie."""
    done = take(cast.clerk_a, "people", people(person("张三")))
    waiting = check(cast.clerk_a, "people", people(person("李四")))
    later = waiting.created_at + datetime.timedelta(days=31)
    assert forget_expired(before=later) == 2
    with pytest.raises(RuleError, match="30 天"):
        actions.undo(batch=done, by=cast.clerk_a)
    assert fresh(done).undone_at is None
    assert Person.objects.get().name == "张三"
    waiting = fresh(waiting)
    assert (waiting.job.status, waiting.job.message[:11]) == ("cancelled", "核对后 30 天没有确")
    with pytest.raises(RuleError, match="重新上传"):
        actions.confirm(batch=waiting, by=cast.clerk_a)
    Job.objects.filter(pk=waiting.job_id).update(status=Job.Status.FAILED)
    with pytest.raises(RuleError, match="重新上传"):
        actions.resume(batch=waiting, by=cast.clerk_a)


def test_undo_takes_back_the_transfers_it_asked_for(cast: Cast) -> None:
    number, other = id_number(), id_number()
    elsewhere = {"乡镇（街道）": "", "工作单位": ""}
    for known in (number, other):
        apply(check(cast.clerk_b, "people", people(person("张三", known, **elsewhere))))
    own = TransferRequest.objects.create(
        person=Person.objects.get(id_index=blind_index(other, purpose="id_number")),
        from_region_id="520111",
        to_region_id="520102",
        direction="in",
        reason="本人要求",
        requested_by=cast.clerk_a,
        due_on=datetime.date(2099, 1, 1),
    )
    TransferRequest.objects.update(
        created_at=datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    )
    batch = take(cast.clerk_a, "people", people(person("张三", number), person("张三", other)))
    asked = TransferRequest.objects.exclude(pk=own.pk).get()
    assert asked.state == "1"
    actions.undo(batch=batch, by=cast.clerk_a)
    asked.refresh_from_db()
    own.refresh_from_db()
    assert (asked.state, asked.decision_reason) == ("4", "导入已撤销")
    assert own.state == "1"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("since", ["transfer", "merge"])
def test_undo_leaves_who_is_somebody_elses_by_now(since: str, cast: Cast) -> None:
    """Rows that only added a certificate, too: what became of the person came after them."""
    number = id_number()
    known = make_person(TOWNSHIP_A, "张三", id_number=number)
    only = person("张三", number, 工作单位="", 岗位="", 入职日期="", 证书级别="社会工作师",
                  批准日期="2020-09-13")  # fmt: skip
    double = make_person(TOWNSHIP_A, "张三")
    Certificate.objects.create(person=double, level="2", approved_on=datetime.date(2020, 9, 13))
    batch = take(cast.clerk_a, "people", people(only))
    assert outcomes(batch) == {"changed": 1}
    if since == "merge":
        merge_person(person=double, kept=known, by=cast.reviewer_a, reason="同一人核对")
    else:
        request = request_transfer_out(
            person=known, to_region=Region.objects.get(pk=COUNTY_B), by=cast.clerk_a, reason="调动"
        )
        accept_transfer(request=request, by=cast.reviewer_b)
    assert actions.undo(batch=fresh(batch), by=cast.clerk_a) == [2]
    assert known.certificates.filter(ended_on=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_undo_beside_another_ledger_is_told_to_wait(cast: Cast) -> None:
    """It is no failure of the database, and nothing is lost."""
    batch = take(cast.clerk_a, "people", people(person()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(5201315)")
        [refused] = together(lambda: actions.undo(batch=batch, by=cast.clerk_a))
        cursor.execute("SELECT pg_advisory_unlock_all()")
    assert isinstance(refused, RuleError)
    assert "另一份台账正在写入" in str(refused)
    assert actions.undo(batch=batch, by=cast.clerk_a) == []
