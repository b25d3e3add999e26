"""Every ruling of DOMAIN "Counting definitions", by a world of one or two rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from core.figures.lists import explain, members
from reports.definitions.registry import BY_CODE, all_figures
from reports.models import Plan
from talent.models import RegistrationPeriod, Title
from talent.people.actions import confirm_person
from talent.people.merging import merge_person
from tests.conftest import Cast
from tests.reports import build
from tests.reports.build import DAY, count, on

pytestmark = pytest.mark.django_db


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
    assert Plan.objects.count() == 1


@pytest.mark.parametrize(
    ("major", "counts"),
    [("社会工作（专业硕士）", True), ("社会工作方向", True), ("应用社会学", True),
     ("民政服务与管理", True), ("会计", False), ("", False)],
)  # fmt: skip
def test_a_related_major_counts_however_it_is_written(major: str, counts: bool) -> None:
    build.study(build.person(), level="21", major=major)
    assert all_figures(DAY).value("T1_L3", "52") == counts
