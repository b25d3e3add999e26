"""The ledgers that offices really keep go in as they are, with exactly these results."""

from __future__ import annotations

import pytest

from core.ledgers import actions
from core.models import ImportBatch, User
from projects.models import Payment, Project
from stations.models import Station
from talent.models import Certificate, GraduateStat, Person, Post
from tests.conftest import Cast
from tests.imports.ledgers import SAMPLES, apply, check, outcomes, row_of, take, words

NANMING = "南明区社会工作人才信息汇总表.xlsx"
HUAXI = "花溪区社工名册_GB18030.csv"
STATIONS = "贵阳市社工站台账.xlsx"
PROJECTS = "政府购买社工服务项目台账.xlsx"
GRADUATES = "社会工作专业毕业生统计表.xlsx"
FIRST = {
    NANMING: {"new": 175, "duplicate": 1, "held": 2, "refused": 2},
    HUAXI: {"new": 90},
    STATIONS: {"new": 45},
    PROJECTS: {"new": 18},
    GRADUATES: {"new": 70},
}
AGAIN = {
    NANMING: {"unchanged": 175, "duplicate": 1, "held": 2, "refused": 2},
    HUAXI: {"unchanged": 90},
    STATIONS: {"unchanged": 45},
    PROJECTS: {"unchanged": 18},
    GRADUATES: {"unchanged": 70},
}
MODELS = (Person, Post, Certificate, Station, Project, Payment, GraduateStat)


@pytest.fixture
def office(cast: Cast) -> dict[str, tuple[User, str]]:
    """Who keeps which ledger, and its kind."""
    return {
        NANMING: (cast.clerk_a, "people"),
        HUAXI: (cast.clerk_b, "people"),
        STATIONS: (cast.prefecture, "stations"),
        PROJECTS: (cast.prefecture, "projects"),
        GRADUATES: (cast.province, "graduates"),
    }


def sample(office: dict[str, tuple[User, str]], name: str) -> ImportBatch:
    user, kind = office[name]
    return check(user, kind, (SAMPLES / name).read_bytes(), name=name)


@pytest.mark.parametrize("name", FIRST)
def test_samples_go_in_and_come_again_unchanged(
    name: str, office: dict[str, tuple[User, str]]
) -> None:
    first = sample(office, name)
    assert outcomes(first) == FIRST[name]
    applied = apply(first)
    assert outcomes(applied) == FIRST[name]
    assert applied.applied_at
    again = sample(office, name)
    assert outcomes(again) == AGAIN[name]
    before = [model.objects.count() for model in MODELS]
    assert outcomes(apply(again)) == AGAIN[name]
    assert [model.objects.count() for model in MODELS] == before


@pytest.mark.parametrize("name", FIRST)
def test_samples_can_be_undone_wholly(name: str, office: dict[str, tuple[User, str]]) -> None:
    batch = apply(sample(office, name))
    assert actions.undo(batch=batch, by=batch.by) == []
    for model in MODELS:
        assert not model.objects.exclude(**_incomplete(model)).exists()


def _incomplete(model: type) -> dict[str, bool]:
    """Stations that were named by a ledger of people stay, to be completed."""
    return {"is_incomplete": True} if model is Station else {"pk__in": []}


def test_what_is_wrong_with_the_ledger_of_nanming(office: dict[str, tuple[User, str]]) -> None:
    batch = sample(office, NANMING)
    assert (batch.header_row, batch.sheet) == (3, "汇总表")
    assert "前 15 位" in words(batch, 26)
    assert words(batch, 48).count("龙场镇（52") == 5
    assert "没有批准日期" in words(batch, 54)
    assert "性别" in words(batch, 64)
    assert all("不同姓名" in words(batch, n) for n in (84, 85))
    assert row_of(batch, 64).outcome == "new"
    apply(batch)
    people = Person.objects.for_user(batch.by)
    assert people.count() == 175
    assert {p.region_id[:6] for p in people} == {"520102"}
    # Names stand for codes: 事业编制, 公益性岗位 and the like.
    assert set(Post.objects.values_list("employment", flat=True)) == {"1", "2", "4", "5"}
    assert Certificate.objects.filter(level="3").count() == 2
    # Of the one that came without a date the number is known all the same.
    undated = Certificate.objects.filter(approved_on=None)
    assert [c.person.name for c in undated] == [row_of(batch, 54).shown["name"]]


def test_rows_of_one_name_and_two_numbers_are_two_people(
    office: dict[str, tuple[User, str]],
) -> None:
    apply(sample(office, NANMING))
    assert Person.objects.filter(name="杨英").count() == 2


def test_the_register_of_huaxi_has_tabs_and_no_employer(
    office: dict[str, tuple[User, str]],
) -> None:
    apply(sample(office, HUAXI))
    one = Person.objects.get(name="曹洋敏")
    assert one.id_number == "510107196810221217"
    assert one.phone == "18436718113"
    post = Post.objects.get(person=one)
    assert post.station is not None
    assert post.station.is_incomplete
    assert post.station.region_id == one.region_id


def test_projects_carry_their_opening_balance(office: dict[str, tuple[User, str]]) -> None:
    take(*office[PROJECTS], (SAMPLES / PROJECTS).read_bytes())
    project = Project.objects.get(name="南明区2022年未成年人关爱保护社会工作服务项目")
    payment = Payment.objects.get(project=project)
    assert (payment.amount, payment.is_opening_balance, payment.paid_on) == (126000, True, None)
    assert project.purchaser.is_incomplete
    assert project.fund == "5"


def test_more_stayed_than_graduated_is_a_remark(office: dict[str, tuple[User, str]]) -> None:
    batch = sample(office, GRADUATES)
    assert batch.counts["flagged"] == 12
    assert "留黔人数 38 超过毕业人数 29" in words(batch, 13)


def test_stations_find_their_townships(office: dict[str, tuple[User, str]]) -> None:
    apply(sample(office, STATIONS))
    station = Station.objects.get(name="新华路街道社会工作和志愿服务站")
    assert (station.kind, station.region_id, station.status) == ("3", "520102016", "3")
    assert Station.objects.get(kind="1").region_id == "5201"
    assert set(Station.objects.filter(kind="2").values_list("region_id", flat=True)) == {
        "520102",
        "520111",
    }


def test_people_meet_the_stations_of_the_other_ledger(
    office: dict[str, tuple[User, str]],
) -> None:
    """No second station of a name and a township, whichever ledger comes first."""
    apply(sample(office, NANMING))
    named = Station.objects.count()
    batch = apply(sample(office, STATIONS))
    assert Station.objects.filter(name="新华路街道社会工作和志愿服务站").count() == 1
    assert Station.objects.count() == 45 + named - batch.counts["changed"]
    assert not Station.objects.filter(region__code__startswith="520102", is_incomplete=True).filter(
        name__in=Station.objects.filter(is_incomplete=False).values("name")
    )
