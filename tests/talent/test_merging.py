"""Two records of one person become one, counted once, found by both numbers."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.dates import today
from core.rules import RuleError
from core.scoping import OutOfScope
from reports.definitions.registry import all_figures
from talent import actions
from talent.codes import PersonStatus
from talent.models import Certificate, Education, Person, Post, RegistrationPeriod
from talent.people.known import county_of_registered
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.rows import DAY, make_person, make_station

pytestmark = pytest.mark.django_db
D = datetime.date
WHY = "本人证件核对"


@pytest.fixture
def double(cast: Cast) -> tuple[Person, Person]:
    """The duplicate (known since 2022, in post, certified) and the record to keep."""
    kept, person = make_person(TOWNSHIP_A, "王小明"), make_person(COUNTY_A, "王晓明")
    person.states.update(valid_from=D(2022, 1, 1))
    kept.states.update(valid_from=D(2024, 1, 1))
    station = make_station(TOWNSHIP_A)
    for one in (person, kept):
        post = Post(person=one, station=station, started_on=DAY)
        actions.start_post(post=post, by=cast.clerk_a)
        Education.objects.create(person=one, level="21", major="社会工作")
    Post.objects.filter(person=person).update(started_on=D(2022, 1, 1))
    Certificate.objects.create(person=person, level="2", number="202300012345", approved_on=DAY)
    Certificate.objects.create(person=kept, level="2", approved_on=DAY)
    for pk in (person.pk, kept.pk):
        RegistrationPeriod.objects.create(person_id=pk, starts_on=DAY, ends_on=D(2026, 2, 28))
    person.refresh_from_db()
    kept.refresh_from_db()
    return person, kept


def merge(double: tuple[Person, Person], by: Any) -> Person:
    person, kept = double
    actions.merge_person(person=person, kept=kept, by=by, reason=WHY)
    person.refresh_from_db()
    kept.refresh_from_db()
    return kept


def test_what_stands_twice_stays_with_the_duplicate(
    cast: Cast, double: tuple[Person, Person]
) -> None:
    kept = merge(double, cast.reviewer_a)
    assert double[0].status == PersonStatus.MERGED
    assert kept.posts.get().started_on == D(2022, 1, 1)
    assert kept.certificates.get(ended_on=None).number == "202300012345"
    assert kept.registrationperiods.count() == kept.educations.count() == 1
    assert not double[0].certificates.filter(ended_on=None).exists()
    assert not double[0].posts.unended().exists()
    assert kept.former_name == "王晓明"


def test_what_stands_once_moves(cast: Cast, double: tuple[Person, Person]) -> None:
    person = double[0]
    Certificate.objects.create(person=person, level="1", number="201900054321", approved_on=DAY)
    elsewhere = Post.objects.create(
        person=person, station=make_station(COUNTY_A), region_id=COUNTY_A, is_primary=False,
        started_on=DAY,
    )  # fmt: skip
    kept = merge(double, cast.reviewer_a)
    assert set(kept.certificates.values_list("level", flat=True)) == {"1", "2"}
    elsewhere.refresh_from_db()
    assert elsewhere.person_id == kept.pk


def test_one_primary_post_is_left(cast: Cast, double: tuple[Person, Person]) -> None:
    Post.objects.filter(person=double[0]).update(station=make_station(COUNTY_A))
    kept = merge(double, cast.reviewer_a)
    assert kept.posts.unended().count() == 2
    assert kept.posts.unended().filter(is_primary=True).count() == 1


def test_on_every_day_one_of_the_two_is_there(cast: Cast, double: tuple[Person, Person]) -> None:
    person, kept = double
    merge(double, cast.reviewer_a)
    for day in (D(2022, 6, 1), today()):
        value = all_figures(day).value
        assert (value("T1", "52"), value("T1_L0", "52")) == (1, 1)
    assert all_figures(today()).value("T2", "52") == 1
    for day in (D(2022, 6, 1), D(2023, 6, 1), D(2025, 6, 1), today()):
        for one, expected in ((kept, {"10", "20"}), (person, {"60"})):
            row = [
                s for s in one.states.all()
                if s.valid_from <= day and (s.valid_to is None or s.valid_to > day)
            ]  # fmt: skip
            assert len(row) == 1
            assert row[0].status in expected


def test_both_numbers_find_the_kept_record(
    cast: Cast, double: tuple[Person, Person], client_of: Callable[[Any], Client]
) -> None:
    client = client_of(cast.reviewer_a)
    kept = merge(double, cast.reviewer_a)
    for number in (double[0].id_number, kept.id_number):
        page = client.post("/people/", {"q": str(number)}, follow=True).content.decode()
        assert str(kept.pk) in page
        assert str(double[0].pk) not in page
        assert county_of_registered(str(number)) == COUNTY_A
    assert "已合并的证件号码" in client.get(f"/people/{kept.pk}/").content.decode()
    assert kept.number in client.get(f"/people/{double[0].pk}/").content.decode()


def test_the_number_leads_on_after_a_second_merge(
    cast: Cast, double: tuple[Person, Person]
) -> None:
    kept, last = merge(double, cast.reviewer_a), make_person(TOWNSHIP_A, "王小明")
    merge((kept, last), cast.reviewer_a)
    assert Person.objects.get(pk=double[0].pk).merged_into_id == last.pk


def test_the_dialog_checks_number_and_name(
    cast: Cast, double: tuple[Person, Person], client_of: Callable[[Any], Client]
) -> None:
    person, kept = double
    url = f"/people/{person.pk}/merge/"
    data = {"version": person.version, "kept": kept.number, "kept_name": "张三", "reason": WHY}
    assert client_of(cast.clerk_a).post(url, data).status_code == 403
    assert client_of(cast.reviewer_b).post(url, data).status_code == 404
    client = client_of(cast.reviewer_a)
    assert "姓名不一致" in client.post(url, data).content.decode()
    data |= {"kept": make_person(COUNTY_B).number}
    assert "没有找到" in client.post(url, data).content.decode()
    data |= {"kept": kept.id_number, "kept_name": "王小明"}
    assert client.post(url, data).status_code == 302
    person.refresh_from_db()
    assert person.merged_into_id == kept.pk


def test_who_cannot_be_merged(cast: Cast, double: tuple[Person, Person]) -> None:
    person, kept = double
    with pytest.raises(OutOfScope):
        merge((person, make_person(COUNTY_B)), cast.reviewer_a)
    with pytest.raises(RuleError, match="自己"):
        merge((person, person), cast.reviewer_a)
    actions.record_death(person=kept, by=cast.reviewer_a, died_on=D(2025, 1, 1), proof="证明")
    with pytest.raises(RuleError, match="死亡"):
        merge(double, cast.reviewer_a)


def test_who_looked_and_what_was_asked_come_along(
    cast: Cast, double: tuple[Person, Person], client_of: Any
) -> None:
    """The worker's account goes to the kept record; what was hers stays hers to see."""
    person, _ = double
    Person.objects.filter(user=cast.worker_a).update(user=None)
    Person.objects.filter(pk=person.pk).update(user=cast.worker_a)
    actions.reveal_person(person=person, by=cast.clerk_a, reason="核对身份")
    actions.request_change(
        by=cast.worker_a, changes={"former_name": "王小小"}, reason="曾用名", other=""
    )
    merge(double, cast.reviewer_a)
    client = client_of(cast.worker_a)
    assert "核对身份" in client.get("/me/reads/").text
    assert "王小小" in client.get("/me/requests/").text
