"""还差谁, and the checks on the tiles: each number leads to a list of that length."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from core.models import Region
from reports.definitions.registry import BY_CODE
from reports.snapshots import actions
from reports.snapshots.reading import Reading
from reports.targets.goals import Goal
from talent.models import RegistrationPeriod
from tests.reports import build

pytestmark = pytest.mark.django_db
Login = Callable[[Any], Client]
TODAY = datetime.date(2026, 6, 1)


def expiring(someone: Any, days: int) -> None:
    today = timezone.localdate()
    build.certificate(someone)
    RegistrationPeriod.objects.create(
        person=someone, state="7",
        starts_on=today - datetime.timedelta(days=900),
        ends_on=today + datetime.timedelta(days=days),
    )  # fmt: skip


@pytest.fixture
def world() -> None:
    expiring(build.person(), 30)
    expiring(build.person("520111004"), 40)
    expiring(build.person(), 80)
    build.certificate(build.person(), verification="3")
    build.person(post=False)
    build.station("520102016")
    build.station("520102017", approval="")


def steps(client: Client, region: str) -> list[tuple[int, str, str]]:
    page = client.get(f"/dashboard/{region}/next/", headers={"HX-Request": "true"}).text
    found = re.findall(r'href="([^"]+)"><b>([\d,]+)</b> ([^<]+)</a>', page)
    return [(int(n.replace(",", "")), words, url.replace("&amp;", "&")) for url, n, words in found]


def listed(page: str) -> int:
    found = re.search(r"共 <b>([\d,]+)</b>|现在 <b>([\d,]+)</b>", page)
    assert found, page[:3000]
    return int((found[1] or found[2]).replace(",", ""))


@pytest.mark.parametrize("region", ["52", "5201", "520102", "520102016"])
def test_each_step_leads_to_a_list_of_its_length(
    world: None, cast: Any, client_of: Login, region: str
) -> None:
    client = client_of(cast.province)
    found = steps(client, region)
    words = {text: count for count, text, _ in found}
    assert words["本证书待县级核验"] == (3 if region in {"52", "5201"} else 2)
    assert words["个登记 60 天内到期"] == (2 if region in {"52", "5201"} else 1)
    assert words["人在册但没有任职"] == 1
    assert ("个乡镇（街道）未建站" in words) == (region != "520102016")
    for count, text, url in found:
        assert listed(client.get(url).text) == count, text


def test_a_county_sees_its_own_steps_and_no_neighbours(
    world: None, cast: Any, client_of: Login
) -> None:
    client = client_of(cast.viewer_a)
    townships = Region.objects.current().filter(parent="520102").count()
    words = {text: count for count, text, _ in steps(client, "520102")}
    assert words["个乡镇（街道）未建站"] == townships - 2
    assert steps(client, "520111") == []
    assert 'id="board-steps"' not in client.get("/dashboard/520111/").text
    assert 'hx-get="/dashboard/520102/next/"' in client.get("/dashboard/520102/").text


def test_tiles_check_themselves(world: None, cast: Any, client_of: Login) -> None:
    build.station("520102", "2")
    build.station("520102", "5")
    both = build.person()
    build.claim(both)
    build.claim(both, "C")
    actions.take_all()
    client = client_of(cast.province)
    page = client.get("/dashboard/").text
    assert "97 + 3：中心和总站 1 / 97，基地 1 / 3" in page
    assert "A 1 + B 0 + C 1 − 重复 1 = 1" in page
    assert "在社工人才 5 人之内，占 80.0%" in page
    file = b"".join(client.post("/dashboard/52/export/").streaming_content)  # type: ignore[attr-defined]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()
    assert any("97 + 3：中心和总站 1 / 97，基地 1 / 3" in row for row in rows)


def test_sums_that_do_not_agree_are_said() -> None:
    def verdict(code: str, goal: Goal | None = None, **figures: int) -> tuple[str, str]:
        values = {(name, "52"): (value, None) for name, value in figures.items()}
        check = BY_CODE[code].check
        assert check is not None
        return check(Reading(TODAY, None, None, values), "52", goal.value if goal else None)

    assert verdict("T2", T1=4, T2=5) == ("超过社工人才总数 4，请核对", "wrong")
    assert verdict("T3", T3=3, T3_A=2, T3_B=2, T3_C=0, T3_OVERLAP=0)[1] == "wrong"
    assert verdict("T3", T3=1, T3_A=1, T3_B=1, T3_C=1, T3_OVERLAP=1)[1] == "good"
    assert verdict("T5", T5=5) == ("", "")
    # Neither other headlines nor sub-lines say anything.
    assert BY_CODE["T4"].check is BY_CODE["T2_MIDDLE"].check is None
