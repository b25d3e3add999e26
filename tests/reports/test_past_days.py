"""What is typed, imported, corrected or ended today leaves the figures of earlier days right."""

from __future__ import annotations

import datetime
import io
from typing import Any

import openpyxl
import pytest

from core.dates import today
from core.ledgers import actions as imports
from core.models import Region
from talent import actions
from talent.models import Person, PersonState, Post, RegistrationPeriod
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.figures import figure
from tests.imports.ledgers import PEOPLE, outcomes, people, person, take, workbook
from tests.reports import build
from tests.reports.build import DAY
from tests.rows import id_number, make_person, make_station

pytestmark = pytest.mark.django_db
D = datetime.date


def test_a_post_that_is_added_later_counts_from_its_beginning(cast: Cast) -> None:
    new = Person(name="张三", id_number=id_number(), residence_id=TOWNSHIP_A, sex="1")
    someone = actions.create_person(person=new, by=cast.clerk_a)
    post = Post(person=someone, station=make_station(TOWNSHIP_A), started_on=D(2024, 3, 1))
    post = actions.start_post(post=post, by=cast.clerk_a)
    assert (figure("T1", day=DAY), figure("T1", day=D(2024, 2, 29))) == (1, 0)
    post.started_on = D(2021, 3, 1)
    actions.update_post(post=post, by=cast.clerk_a)
    assert (figure("T1", day=D(2024, 2, 29)), figure("T1", day=D(2021, 2, 28))) == (1, 0)


def test_a_day_of_entry_that_a_later_ledger_brings(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person(number=number, 入职日期="")))
    assert (figure("T1", day=DAY), Post.objects.get().started_on) == (0, today())
    batch = take(cast.clerk_a, "people", people(person(number=number, 入职日期="2021-03-01")))
    assert outcomes(batch) == {"changed": 1}
    assert (figure("T1", day=DAY), Post.objects.get().started_on) == (1, D(2021, 3, 1))
    for day in ("2021-03-01", "2021年3月"):
        again = people(person(number=number, 入职日期=day, 备注=""))
        assert outcomes(take(cast.clerk_a, "people", again)) == {"unchanged": 1}
    assert PersonState.objects.get().valid_from == D(2021, 3, 1)


def test_a_post_that_a_second_ledger_brings(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person(number=number, 工作单位="", 入职日期="")))
    Post.objects.all().delete()
    Person.objects.update(status="20")
    PersonState.objects.update(status="20")
    take(cast.clerk_a, "people", people(person(number=number, 入职日期="2023-03-01")))
    assert (figure("T1", day=DAY), figure("T1", day=today())) == (1, 1)
    assert figure("T1", day=D(2023, 2, 28)) == 0


def test_undo_puts_the_first_day_back(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person(number=number, 入职日期="")))
    batch = take(cast.clerk_a, "people", people(person(number=number, 入职日期="2021-03-01")))
    assert imports.undo(batch=batch, by=cast.clerk_a) == []
    assert (figure("T1", day=DAY), PersonState.objects.get().valid_from) == (0, today())


def test_a_new_kind_of_employment_leaves_earlier_days_alone(cast: Cast) -> None:
    number = id_number()

    def ledger(employment: str) -> bytes:
        return workbook([[*PEOPLE, "用工性质"], [*person(number=number), employment]])

    take(cast.clerk_a, "people", ledger("实习"))
    assert figure("T1", day=DAY) == 0
    assert outcomes(take(cast.clerk_a, "people", ledger("合同制"))) == {"changed": 1}
    assert (figure("T1", day=DAY), figure("T1", day=today())) == (0, 1)
    assert outcomes(take(cast.clerk_a, "people", ledger("合同制"))) == {"unchanged": 1}
    posts = Post.objects.order_by("started_on").values_list("started_on", "ended_on", "is_primary")
    assert list(posts) == [(D(2023, 3, 1), today(), True), (today(), None, True)]


def test_part_time_from_today_leaves_earlier_days_alone(cast: Cast) -> None:
    someone = make_person(TOWNSHIP_A)
    someone.states.update(valid_from=D(2022, 1, 1))
    build.give_post(someone, COUNTY_A, since=D(2022, 1, 1))
    build.give_post(someone, COUNTY_B, since=D(2026, 3, 1), primary=False)
    assert figure("T1", COUNTY_A, day=DAY) == 1
    post = Post.objects.get(is_primary=True)
    actions.make_part_time(post=post, by=cast.reviewer_a, reason="每周一天")
    assert (figure("T1", COUNTY_A, day=DAY), figure("T1", COUNTY_B, day=DAY)) == (1, 0)
    now = today()
    assert (figure("T1", COUNTY_A, day=now), figure("T1", COUNTY_B, day=now)) == (0, 1)


def test_who_has_another_full_time_post_goes_on_counting(cast: Cast) -> None:
    someone = make_person(TOWNSHIP_A)
    someone.states.update(valid_from=D(2022, 1, 1))
    build.give_post(someone, COUNTY_A, since=D(2022, 1, 1))
    build.give_post(someone, COUNTY_A, since=D(2023, 1, 1), primary=False)
    post = Post.objects.get(is_primary=True)
    actions.end_post(post=post, by=cast.clerk_a, ended_on=D(2025, 6, 1), reason="辞职")
    assert [figure("T1", day=day) for day in (D(2025, 5, 31), D(2025, 6, 1), today())] == [1, 1, 1]


def test_a_transfer_to_where_one_works_already(cast: Cast) -> None:
    someone = make_person(TOWNSHIP_A)
    build.give_post(someone, COUNTY_A, since=D(2022, 1, 1))
    build.give_post(someone, COUNTY_B, since=D(2023, 1, 1), primary=False)
    someone.refresh_from_db()
    request = actions.request_transfer_out(
        person=someone, to_region=Region.objects.get(pk=COUNTY_B), by=cast.clerk_a, reason="调动"
    )
    actions.accept_transfer(request=request, by=cast.reviewer_b)
    assert (figure("T1", COUNTY_A, day=today()), figure("T1", COUNTY_B, day=today())) == (0, 1)


def test_a_mistaken_record_is_no_key_talent(cast: Cast) -> None:
    someone = build.person(TOWNSHIP_A)
    build.claim(someone)
    someone.refresh_from_db()
    actions.deactivate_person(person=someone, by=cast.reviewer_a, reason="误录")
    assert (figure("T3", day=DAY), figure("T3", day=today())) == (0, 0)


def test_who_died_stays_where_the_last_post_was(cast: Cast) -> None:
    someone = build.person("520102016", post=False)
    build.give_post(someone, "520111004")
    Person.objects.update(region_id="520111004")
    build.claim(someone)
    someone.refresh_from_db()
    actions.record_death(person=someone, by=cast.reviewer_b, died_on=D(2024, 5, 1), proof="证明 1")
    assert (figure("T3", COUNTY_A, day=DAY), figure("T3", COUNTY_B, day=DAY)) == (0, 1)


@pytest.mark.parametrize("ends", ["death", "cancelled", "lapsed"])
def test_a_registration_was_valid_until_it_ended(cast: Cast, ends: str) -> None:
    someone = build.person(TOWNSHIP_A)
    build.certificate(someone)
    someone.refresh_from_db()
    period: Any = RegistrationPeriod.objects.create(
        person=someone, starts_on=D(2024, 1, 1), ends_on=D(2026, 6, 30)
    )
    if ends == "death":
        actions.record_death(
            person=someone, by=cast.reviewer_a, died_on=D(2026, 5, 1), proof="证明 1"
        )
    elif ends == "cancelled":
        actions.cancel_registration(
            period=period, by=cast.reviewer_a, cancelled_on=D(2026, 5, 2), reason="本人申请"
        )
    else:
        RegistrationPeriod.objects.update(state="10", ends_on=D(2026, 5, 1))
    last = D(2026, 5, 1)
    assert [figure("T2_VALID", day=d) for d in (DAY, last, D(2026, 5, 2))] == [1, 1, 0]


def test_merging_loses_nobody(cast: Cast) -> None:
    """The post that is still held and the claim that was approved are those that stay."""
    kept, double = (build.person(TOWNSHIP_A, post=False) for _ in range(2))
    build.give_post(kept, TOWNSHIP_A, since=D(2024, 1, 1), until=D(2025, 6, 30))
    build.give_post(double, TOWNSHIP_A, since=D(2025, 3, 1))
    build.claim(kept, state="1")
    build.claim(double, state="2")
    build.certificate(kept, verification="2")
    build.certificate(double, verification="4")
    for someone in (kept, double):
        someone.refresh_from_db()
    before = [
        figure("T1", day=DAY),
        figure("T1", day=today()),
        figure("T3", day=DAY),
        figure("T2_CHECKED", day=DAY),
    ]
    assert before == [1, 1, 1, 1]
    actions.merge_person(person=double, kept=kept, by=cast.reviewer_a, reason="本人证件核对")
    assert [figure("T1", day=DAY), figure("T1", day=today()), figure("T3", day=DAY)] == [1, 1, 1]
    assert (figure("T2", day=DAY), figure("T2_CHECKED", day=DAY)) == (1, 1)
    days = (D(2024, 6, 1), D(2025, 2, 28), D(2025, 3, 1), D(2025, 7, 1))
    assert [figure("T1", day=day) for day in days] == [1, 1, 1, 1]


def test_a_list_of_a_past_day_says_who_lies_elsewhere_by_now(cast: Cast, client_of: Any) -> None:
    """Not stored, the day had nothing to differ from: the board said 1, its list 0."""
    someone = build.person("520102016", post=False)
    build.give_post(someone, "520102016", until=build.on("2024-05-01"))
    build.give_post(someone, "520111004", since=build.on("2024-05-01"))
    Person.objects.filter(pk=someone.pk).update(region="520111004")
    address = "/dashboard/520102/list/T1/?on=2024-03-03"
    page = client_of(cast.clerk_a).get(address).content.decode()
    assert "现在 <b>0</b> 人" in page
    assert "另有 1 人现已归别的辖区" in page
    assert "快照之后有变动" not in page
    assert '/dashboard/520102/?on=2024-03-03&amp;i=T1">回到看板' in page
    everywhere = client_of(cast.province).get(address).content.decode()
    assert "现已归别的辖区" not in everywhere
    export, asked = "/dashboard/520102/list/T1/export/", {"on": "2024-03-03"}
    file = b"".join(client_of(cast.clerk_a).post(export, asked).streaming_content)
    notes = openpyxl.load_workbook(io.BytesIO(file))["说明"].iter_rows(values_only=True)
    assert "另有 1 人现已归别的辖区" in dict(notes)["筛选条件"]
