"""Every ruling of DOMAIN "Counting definitions", by a world of one or two rows."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from core.figures.lists import explain, is_known, members
from core.regions.tree import forget_divisions
from reports.definitions.registry import BY_CODE, all_figures
from reports.models import Plan
from stations.places.actions import approve_station
from talent.models import RegistrationPeriod, Title
from talent.people.actions import confirm_person
from talent.people.merging import merge_person
from tests.conftest import Cast
from tests.reports import build
from tests.reports.build import DAY, on

pytestmark = pytest.mark.django_db


def count(code: str, region: str = "52", day: datetime.date = DAY) -> int | None:
    """The figure, after checking that its list is as long; of what is unknown it is empty."""
    value = all_figures(day).value(code, region)
    indicator = BY_CODE[code]
    rows = members(indicator, day, region)
    listed = sum(getattr(r, indicator.weight) for r in rows) if indicator.weight else len(rows)
    assert (value or 0) == listed
    assert is_known(indicator, day, region) == (value is not None)
    return value


# --- T1: one person, one place ---------------------------------------------------------------
def test_a_person_with_two_posts_counts_once_at_the_primary_post() -> None:
    someone = build.person("520102016")
    build.give_post(someone, "520111004", primary=False)
    assert count("T1") == 1
    assert (count("T1", "520102"), count("T1", "520111")) == (1, 0)


def test_overlapping_primary_posts_of_the_past_count_once_at_the_later_one() -> None:
    someone = build.person("520102016", post=False)
    build.give_post(someone, "520102016", since=on("2022-01-01"), until=on("2023-06-01"))
    build.give_post(someone, "520111004", since=on("2023-03-01"))
    day = on("2023-04-01")
    assert (count("T1", "52", day), count("T1", "520111", day)) == (1, 1)
    assert count("T1", "520102", day) == 0


def test_overlapping_states_of_the_past_count_once() -> None:
    from talent.models import PersonState

    someone = build.person(post=False)
    PersonState.objects.create(
        person=someone, status="30", valid_from=on("2023-01-01"), valid_to=on("2023-06-01")
    )
    assert count("T1_L0", day=on("2023-03-01")) == 0
    assert count("T1_L0", day=on("2023-06-01")) == 1


def test_a_transfer_moves_the_person_on_the_day() -> None:
    someone = build.person("520102016", post=False)
    build.give_post(someone, "520102016", until=on("2024-05-01"))
    build.give_post(someone, "520111004", since=on("2024-05-01"))
    before, after = on("2024-04-30"), on("2024-05-01")
    assert (count("T1", "520102", before), count("T1", "520111", before)) == (1, 0)
    assert (count("T1", "520102", after), count("T1", "520111", after)) == (0, 1)


def test_a_post_is_out_from_the_day_it_ended() -> None:
    someone = build.person(post=False)
    build.give_post(someone, "520102016", until=on("2024-05-01"))
    assert (count("T1", day=on("2024-04-30")), count("T1", day=on("2024-05-01"))) == (1, 0)


@pytest.mark.parametrize("status", ["30", "31", "50", "60", "70"])
def test_who_left_or_died_is_out_from_the_day_the_state_begins(status: str) -> None:
    someone = build.person()
    build.change_state(someone, on("2024-05-02"), status, "520102016")
    assert count("T1", day=on("2024-05-01")) == 1
    assert count("T1", day=on("2024-05-02")) == 0


def test_a_retired_person_who_still_holds_a_post_is_in() -> None:
    build.person(status="40")
    build.person(status="40", post=False)
    assert (count("T1"), count("T1_L0")) == (1, 0)


@pytest.mark.parametrize("employment", ["7", "8"])
def test_interns_and_volunteers_do_not_count_as_employed(employment: str) -> None:
    build.person(employment=employment)
    assert (count("T1_L0"), count("T1")) == (1, 0)


@pytest.mark.parametrize(("verification", "expected"), [("0", 0), ("1", 0), ("2", 1), ("5", 1)])
def test_only_verified_people_count(verification: str, expected: int) -> None:
    build.person(verification=verification)
    assert count("T1") == expected


def test_people_without_a_post_are_located_by_residence_else_not_at_all() -> None:
    build.person("520102016", post=False)
    build.person(None, post=False)
    figures = all_figures(DAY)
    assert figures.value("T1_L0", "52") == 2
    assert figures.value("T1_L0", "520102") == 1
    assert figures.unlocated("T1_L0") == 1
    unlocated = members(BY_CODE["T1_L0"], DAY, "52", part="unlocated")
    assert len(unlocated) == 1
    assert not members(BY_CODE["T1_L0"], DAY, "5201", part="unlocated")


def test_the_ladder() -> None:
    build.person()
    build.study(build.person(), level="31")
    build.study(build.person(), level="61")
    build.study(build.person(), level="21", major="社会工作")
    Title.objects.create(person=build.person(), series="工程", level="3")
    Title.objects.create(person=build.person(), series="工程", level="4")
    build.certificate(build.person())
    figures = [count(f"T1_L{step}") for step in range(5)]
    assert figures == [7, 7, 4, 2, 1]


def test_what_was_obtained_later_does_not_count_yet() -> None:
    someone = build.person()
    build.study(someone, graduated_on=on("2024-07-01"))
    build.certificate(someone, day="2024-09-01")
    assert (count("T1_L2", day=on("2024-06-30")), count("T1_L2", day=on("2024-07-01"))) == (0, 1)
    assert (count("T2", day=on("2024-08-31")), count("T2", day=on("2024-09-01"))) == (0, 1)


def test_categories_and_freshness_are_shown_apart() -> None:
    build.person(category="12", confirmed_on=on("2025-06-01"))
    build.person(category="2", confirmed_on=on("2024-12-31"))
    build.person(category="3")
    assert [count(f"T1_{name}") for name in ("PRACTICE", "RESEARCH", "MANAGEMENT")] == [1, 1, 1]
    assert count("T1_FRESH") == 1
    assert count("T1_FRESH", day=on("2026-07-01")) == 0
    # Nobody had ever been asked then.
    assert count("T1_FRESH", day=on("2024-02-29")) is None


def test_a_later_confirmation_leaves_the_past_as_it_was(cast: Cast) -> None:
    """Confirmed every other year: on a day between she was fresh or not, whatever followed."""
    someone = build.person(confirmed_on=on("2023-06-01"))
    someone.confirm(on("2025-06-01"))
    someone.save()
    confirm_person(person=someone, by=cast.reviewer_a)
    someone.refresh_from_db()
    assert someone.confirmed_on == timezone.localdate()
    for day, fresh in (
        ("2023-05-31", None), ("2023-06-01", 1), ("2024-05-31", 1), ("2024-06-01", 0),
        ("2025-06-30", 1), ("2026-06-01", 0),
    ):  # fmt: skip
        assert count("T1_FRESH", day=on(day)) == fresh, day
    assert count("T1_FRESH", day=timezone.localdate()) == 1


def test_confirmations_of_both_records_of_a_person_stay(cast: Cast) -> None:
    kept = build.person(confirmed_on=on("2025-06-01"))
    twice = build.person(confirmed_on=on("2023-06-01"))
    merge_person(person=twice, by=cast.reviewer_a, kept=kept, reason="重复")
    assert [count("T1_FRESH", day=on(day)) for day in ("2023-12-31", "2025-12-31")] == [1, 1]


# --- T2 --------------------------------------------------------------------------------------
def test_the_highest_of_several_certificates_counts_once() -> None:
    someone = build.person()
    for level in "123":
        build.certificate(someone, level, day=f"202{level}-06-12")
    build.certificate(build.person(), "2")
    build.certificate(build.person(), "1")
    assert count("T2") == 3
    assert [count(f"T2_{n}") for n in ("ASSISTANT", "MIDDLE", "SENIOR")] == [1, 1, 1]


@pytest.mark.parametrize("level", ["8", "9"])
def test_pass_slips_and_local_certificates_do_not_count(level: str) -> None:
    build.certificate(build.person(), level)
    assert count("T2") == 0


def test_unverified_and_withdrawn_certificates_do_not_count() -> None:
    build.certificate(build.person(), verification="1")
    build.certificate(build.person(), ended_on=on("2025-01-01"))
    build.certificate(build.person(), verification="3")
    assert (count("T2"), count("T2_CHECKED")) == (1, 1)


def test_a_lapsed_registration_leaves_the_certificate_counting() -> None:
    someone = build.person()
    build.certificate(someone)
    RegistrationPeriod.objects.create(
        person=someone, starts_on=on("2022-10-01"), ends_on=on("2025-09-30")
    )
    assert (count("T2", day=on("2025-09-30")), count("T2_VALID", day=on("2025-09-30"))) == (1, 1)
    assert (count("T2"), count("T2_VALID")) == (1, 0)


def test_a_certificate_outside_the_talents_is_shown_apart() -> None:
    build.certificate(build.person(post=False))
    build.certificate(build.person(verification="1"))
    build.certificate(build.person(status="31"))
    assert (count("T2"), count("T2_OUTSIDE")) == (0, 2)


# --- T3 --------------------------------------------------------------------------------------
def test_a_person_in_two_classes_is_one_person() -> None:
    someone = build.person()
    build.claim(someone, "A")
    build.claim(someone, "C", "2023-07-01")
    build.claim(build.person(), "B")
    assert count("T3") == 2
    classes = [count(f"T3_{c}") for c in "ABC"]
    assert classes == [1, 1, 1]
    assert sum(classes) - count("T3_OVERLAP") == count("T3")


def test_the_day_of_qualification_decides_by_both_baselines() -> None:
    build.claim(build.person(), "A", "2020-12-31")
    build.claim(build.person(), "A", "2021-01-01")
    build.claim(build.person(), "C", "2023-02-01")
    assert (count("T3"), count("T3_DOCUMENT")) == (2, 1)
    assert count("T3", day=on("2022-12-31")) == 1


def test_an_upgrade_is_not_new_again() -> None:
    someone = build.person()
    build.certificate(someone, "2", day="2019-09-01")
    build.claim(someone, "A", "2023-06-12")
    assert count("T3") == 0


def test_the_introduced_are_a_line_of_their_own() -> None:
    build.claim(build.person(), "C", "2015-07-01", origin="2")
    assert (count("T3"), count("T3_INTRODUCED")) == (0, 1)


def test_claims_not_approved_or_withdrawn_do_not_count() -> None:
    build.claim(build.person(), state="1")
    build.claim(build.person(), ended_on=on("2025-01-01"))
    assert count("T3") == 0


def test_who_died_stays_in_the_cumulative_count_at_the_last_post() -> None:
    someone = build.person("520102016", post=False)
    build.give_post(someone, "520111004", until=on("2024-05-02"))
    build.claim(someone)
    build.change_state(someone, on("2024-05-02"), "50", None)
    assert (count("T3"), count("T3", "520111"), count("T3_PRESENT")) == (1, 1, 0)


def test_a_post_held_on_no_day_is_not_the_last_one() -> None:
    someone = build.person("520102016", post=False)
    build.give_post(someone, "520111004", until=on("2024-05-02"))
    build.give_post(someone, "522301001", since=on("2024-05-01"), until=on("2024-05-01"))
    build.claim(someone)
    build.change_state(someone, on("2024-05-02"), "30", None)
    assert (count("T3", "520111"), count("T3", "522301")) == (1, 0)


def test_without_a_plan_nothing_is_new() -> None:
    build.claim(build.person(), "A", "2019-06-12")
    assert count("T3", day=on("2020-06-01")) == 0
    assert count("T4", day=on("2020-06-01")) is None
    build.graduates(2019, 10)
    assert count("T4", day=on("2020-06-01")) == 0


# --- T4 --------------------------------------------------------------------------------------
def test_graduates_are_summed_from_the_first_year_of_the_plan() -> None:
    build.graduates(2020, 100)
    build.graduates(2021, 30, stayed=20)
    build.graduates(2026, 7)
    build.graduates(2022, 9, ended_on=on("2023-01-01"))
    assert (count("T4"), count("T4_ALL"), count("T4_STAYED")) == (30, 130, 20)
    # Natives who graduated in another province stand on a line of their own.
    build.graduates(2022, 11, stayed=3, school="外省大学", school_place="2")
    assert (count("T4"), count("T4_ALL"), count("T4_STAYED")) == (30, 130, 20)
    assert count("T4_OUTSIDE") == 11
    before = all_figures(on("2020-12-31"))
    assert (before.value("T4", "52"), before.value("T4_ALL", "52")) == (0, 100)


# --- T5 and T7 -------------------------------------------------------------------------------
def test_platforms_are_four_kinds_running_and_approved() -> None:
    for kind in "1256":
        build.station("520102", kind)
    for kind in "34789":
        build.station("520102016", kind)
    build.station("520111", "2", approval="")
    build.station("520111", "5", status="2")
    assert (count("T5"), count("T5_BASE"), count("T5_UNVERIFIED")) == (4, 2, 1)
    assert count("T7_ROOM") == 1


@pytest.mark.parametrize("since", [None, "2025-05-01"])
def test_a_reviewers_confirmation_stands_for_the_paper_since_its_day(
    cast: Cast, since: str | None
) -> None:
    """What is confirmed today counts from today; in the settlement as at 2025-12-31 only where
    the papers say that it was approved by then."""
    for region, kind in (("520102", "2"), ("520102016", "3")):
        made = build.station(region, kind, approval="")
        approve_station(
            station=made, by=cast.reviewer_a, reason="批复原件", since=on(since) if since else None
        )
    codes, today = ("T5", "T7_HUB", "T6_BUILT"), timezone.localdate()
    assert [count(code, day=today) for code in codes] == [1, 1, 1]
    assert [count(code) for code in codes] == [1 if since else 0] * 3
    assert [count(code, day=on("2025-04-30")) for code in codes] == [0, 0, 0]


def test_a_closed_station_is_out_from_its_day() -> None:
    made = build.station("520102", "2")
    build.close(made, on("2024-05-01"))
    assert (count("T5", day=on("2024-04-30")), count("T5", day=on("2024-05-01"))) == (1, 0)
    assert count("T7_HUB", day=on("2024-04-30")) == 1
    assert count("T7_HUB") == 0


def test_one_site_with_two_plaques_is_one_platform() -> None:
    who = build.employer(credit_code="91520000000000000X")
    for kind in "25":
        build.station("520102", kind, operator=who, address="新华路1号")
    build.station("520102", "6", operator=who, address="别处")
    assert count("T5") == 2
    for number in range(2, 8):
        for kind in "52":
            build.station("520102", kind, operator=who, address=f"新华路{number}号")
    # Whatever their keys: the hub counts, and of the bases the one elsewhere.
    assert (count("T5"), count("T5_BASE")) == (8, 1)


def test_two_centres_of_one_prefecture_are_one() -> None:
    build.station("5201", "1")
    build.station("520102", "1")
    figures = all_figures(DAY)
    assert (figures.value("T7_CENTRE", "52"), figures.denominator("T7_CENTRE", "52")) == (1, 9)
    assert figures.denominator("T7_HUB", "52") == 88
    assert count("T7_CENTRE") == 1


def test_agencies_count_while_they_operate() -> None:
    build.employer(registered_on=on("2021-03-01"))
    build.employer(registered_on=on("2020-01-01"), deregistered_on=on("2024-05-01"))
    ends = {"ended_on": on("2024-05-01"), "true_until": on("2024-05-01")}
    build.employer(registered_on=on("2020-01-01"), **ends)
    build.employer(kind="1", registered_on=on("2020-01-01"))
    days = ("2019-12-31", "2020-01-01", "2021-03-01", "2024-04-30", "2024-05-01")
    assert [count("T8", day=on(day)) for day in days] == [0, 2, 3, 3, 1]


def test_an_agency_without_a_day_is_known_since_it_was_entered() -> None:
    """Not on every date back to 2020; and where none has a day, nothing is known of then."""
    today = timezone.localdate()
    build.employer("520111", registered_on=on("2021-03-01"))
    build.employer("520102")
    build.employer("520102", ended_on=today)
    assert [count("T8", day=day) for day in (DAY, today)] == [1, 2]
    assert [count("T8", "520102", day) for day in (DAY, today)] == [None, 1]
    assert count("T8", "520103", DAY) == 0


# --- T6 --------------------------------------------------------------------------------------
def test_coverage_counts_townships_not_stations() -> None:
    build.station("520102016", covers=("520102016", "520102018"))
    build.station("520102016", covers=("520102016",), is_branch=True)
    build.station("520102017", approval="", covers=("520102017",))
    build.station("520102019", status="1")
    figures = all_figures(DAY)
    assert figures.denominator("T6_BUILT", "520102") == count_townships("520102")
    assert (count("T6_BUILT"), count("T6_UNVERIFIED")) == (2, 1)
    assert count("T6_MISSING", "520102") == count_townships("520102") - 3


def count_townships(county: str) -> int:
    from core.regions.tree import divisions_on

    return len(divisions_on(DAY).children(county))


def test_a_station_that_lists_no_township_covers_its_own() -> None:
    build.station("520102016")
    assert count("T6_BUILT", "520102016") == 1


def test_coverage_is_out_from_the_day_it_ended() -> None:
    made = build.station("520102016", covers=("520102016", "520102018"))
    made.coverages.filter(region="520102018").update(valid_to=on("2024-05-01"))
    days = (on("2024-04-30"), on("2024-05-01"))
    assert [count("T6_BUILT", day=day) for day in days] == [2, 1]


def test_active_needs_running_people_and_service() -> None:
    whole, empty, silent, volunteer = (
        build.station(f"5201020{n}") for n in ("16", "18", "17", "19")
    )
    for made, employment in ((whole, "1"), (silent, "1"), (volunteer, "8")):
        someone = build.person(made.region_id, post=False)
        build.give_post(someone, made.region_id, station=made, employment=employment)
    for made in (whole, empty, volunteer):
        build.served(made, "2025-07-01")
    build.served(silent, "2025-06-01")
    build.served(silent, "2025-12-01", workers=2)
    assert count("T6_ACTIVE") == 1
    assert count("T6_ACTIVE", day=on("2026-01-31")) == 0


def test_the_denominator_is_the_divisions_of_the_day() -> None:
    sizes = {d: all_figures(on(d)).denominator("T6_BUILT", "52") for d in
             ("2021-06-01", "2021-12-31", "2022-12-31")}  # fmt: skip
    assert sizes["2022-12-31"] == 1510
    assert sizes["2021-06-01"] == 1506


def test_a_successor_inherits_the_coverage_of_an_abolished_township(settings: Any) -> None:
    build.divide("520102901", valid_to=on("2024-01-01"), successor_id="520102016")
    forget_divisions()
    try:
        build.station("520102901", covers=("520102901",))
        assert count("T6_BUILT", "520102901", on("2023-12-31")) == 1
        assert count("T6_BUILT", "520102016", on("2023-12-31")) == 0
        assert count("T6_BUILT", "520102016", on("2024-01-01")) == 1
    finally:
        forget_divisions()


def test_people_of_an_abolished_township_follow_to_its_successor() -> None:
    old, new = "520221", "520204"
    someone = build.person(f"{old}001", since=on("2021-01-01"), post=False)
    before, after = on("2021-06-01"), on("2021-12-31")
    assert (count("T1_L0", old, before), count("T1_L0", new, before)) == (1, 0)
    assert (count("T1_L0", old, after), count("T1_L0", new, after)) == (0, 1)
    assert count("T1_L0", "5202", before) == count("T1_L0", "5202", after) == 1
    assert someone.region_id == "520221001"


# --- Why -------------------------------------------------------------------------------------
def test_each_row_says_why_it_counts() -> None:
    someone = build.person()
    build.certificate(someone, "2", day="2022-09-10", verification="4")
    build.study(someone, major="社会工作")
    Title.objects.create(person=someone, series="社会工作", level="3")
    RegistrationPeriod.objects.create(
        person=someone, starts_on=on("2024-01-01"), ends_on=on("2026-12-31")
    )
    said = {
        code: "；".join(
            explain(BY_CODE[code], list(members(BY_CODE[code], DAY, "52")), DAY)[someone.pk]
        )
        for code in ("T1_L0", "T1_L2", "T1_L3", "T2_CHECKED", "T2_VALID")
    }
    assert "当日状态：在岗" in said["T1_L0"]
    assert "2022-01-01 起任" in said["T1_L2"]
    assert "学历：本科社会工作" in said["T1_L2"]
    assert "职称：社会工作中级" in said["T1_L2"]
    assert "相关专业：社会工作" in said["T1_L3"]
    assert "社会工作师，2022-09-10 批准，凭证核验" in said["T2_CHECKED"]
    assert "登记有效至 2026-12-31" in said["T2_VALID"]


def test_places_claims_and_sums_say_why_too() -> None:
    someone = build.person()
    build.claim(someone, "C", "2022-07-01")
    hub = build.station("520102", "2")
    site = build.station("520102016")
    stat = build.graduates(2022, 12, stayed=5)
    build.graduates(2023, 4)

    def why(code: str, key: Any) -> str:
        rows = list(members(BY_CODE[code], DAY, "52"))
        return "；".join(explain(BY_CODE[code], rows, DAY)[key])

    assert "C 类：2022-07-01 取得" in why("T3", someone.pk)
    assert "晚于基期 2020-12-31；黔籍依据：籍贯" in why("T3", someone.pk)
    assert "类型：县级总站" in why("T5", hub.pk)
    assert f"运行中：{hub.name}" in why("T7_HUB", "520102")
    assert f"已建成且已批复：{site.name}" in why("T6_BUILT", "520102016")
    assert "其中留黔 5 人" in why("T4", stat.pk)
    assert "没有" not in why("T6_MISSING", "520102018")
    assert Plan.objects.count() == 1


@pytest.mark.parametrize(
    ("major", "counts"),
    [("社会工作（专业硕士）", True), ("社会工作方向", True), ("应用社会学", True),
     ("民政服务与管理", True), ("会计", False), ("", False)],
)  # fmt: skip
def test_a_related_major_counts_however_it_is_written(major: str, counts: bool) -> None:
    build.study(build.person(), level="21", major=major)
    assert all_figures(DAY).value("T1_L3", "52") == counts
