"""调岗: the old post ends where the new one begins, in one step, from the person or a new post."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.dates import today
from core.models import Step
from stations.models import Station
from talent.models import Person, Post
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.figures import figure
from tests.reports import build
from tests.reports.build import on

pytestmark = pytest.mark.django_db
Login = Callable[[Any], Client]
OTHER = "520102018"


@pytest.fixture
def held(cast: Cast) -> Post:
    someone = build.person(TOWNSHIP_A, post=False)
    return build.give_post(someone, TOWNSHIP_A, station=build.station(TOWNSHIP_A))


@pytest.fixture
def place(cast: Cast) -> Station:
    return build.station(OTHER)


def reassign(client: Client, person: Person, **given: Any) -> Any:
    person.refresh_from_db()
    asked = {"version": person.version, "kind": "2", "employment": "1", "reason": "工作需要"}
    return client.post(f"/people/{person.pk}/reassign/", asked | given)


def test_nobody_waits_between_two_posts(
    held: Post, place: Station, cast: Cast, client_of: Login
) -> None:
    client, day = client_of(cast.clerk_a), on("2026-06-01")
    page = client.get(f"/people/{held.person.pk}/").text
    assert f"/people/{held.person.pk}/reassign/" in page
    answer = reassign(client, held.person, station=place.pk, started_on=day)
    assert answer.status_code == 302, answer.text
    posts = held.person.posts.order_by("started_on")
    assert [(p.station_id, p.started_on, p.ended_on, p.end_reason) for p in posts] == [
        (held.station_id, build.EARLY, day, "工作需要"), (place.pk, day, None, ""),
    ]  # fmt: skip
    # On every day she serves, and is where she serves.
    assert {s.status for s in held.person.states.all()} == {"10"}
    for then, region in ((day - datetime.timedelta(days=1), TOWNSHIP_A), (day, OTHER)):
        assert figure("T1", region, day=then) == figure("T1", COUNTY_A, day=then) == 1
    # And it is taken back in one step, too.
    step = Step.objects.get(action="reassign")
    assert client.post(f"/steps/{step.pk}/undo/", {"reason": "点错"}).status_code == 302
    assert held.person.posts.get().ended_on is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"started_on": "2021-12-31"}, "应晚于原主岗的入职日期 2022-01-01"),
        ({"started_on": "2999-01-01"}, "不能晚于今天"),
        ({"station": ""}, "至少一项"),
        ({"station": "foreign"}, "没有"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_ends(
    given: dict[str, str], said: str, held: Post, place: Station, cast: Cast, client_of: Login
) -> None:
    if given.get("station") == "foreign":
        given = {"station": str(build.station("520111004").pk)}
    asked = {"station": place.pk, "started_on": "2026-06-01"} | given
    answer = reassign(client_of(cast.clerk_a), held.person, **asked)
    assert answer.status_code == 422
    assert said in answer.text
    held.refresh_from_db()
    assert held.ended_on is None


def _new_post(client: Client, held: Post, place: Station, **given: str) -> Any:
    url = f"/posts/new/?person={held.person.pk}"
    page = client.get(url).text
    assert "到前一天为止" in page
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    asked = {"token": token[1], "person": str(held.person.pk), "station": str(place.pk),
             "kind": "2", "employment": "1", "started_on": "2026-06-01"}  # fmt: skip
    return client.post(url, asked | given)


def test_a_new_post_asks_what_becomes_of_the_old_one(
    held: Post, place: Station, cast: Cast, client_of: Login
) -> None:
    """Whatever is chosen, nothing that was typed is left behind."""
    client = client_of(cast.clerk_a)
    refused = _new_post(client, held, place, is_primary="on")
    assert refused.status_code == 422
    assert "换岗请办理调岗" in refused.text
    beside = _new_post(client, held, place)
    assert beside.status_code == 302
    held.refresh_from_db()
    assert (held.ended_on, held.person.posts.unended().count()) == (None, 2)
    third = build.station(OTHER)
    moved = _new_post(client, held, third, is_primary="on", replaces_primary="on")
    assert moved.status_code == 302, moved.text
    held.refresh_from_db()
    assert (held.ended_on, held.end_reason) == (on("2026-06-01"), "调岗")
    assert Post.objects.get(station=third).is_primary


# --- Who is gone ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("verb", "given", "words"),
    [
        ("death", {"died_on": "2026-06-01", "proof": "死亡医学证明1号"}, "死亡日期 2026-06-01"),
        ("leave", {"left_on": "2026-06-01", "reason": "到浙江工作"}, "离省日期 2026-06-01"),
    ],
)
def test_who_is_gone_is_asked_for_nothing(
    verb: str, given: dict[str, str], words: str, held: Post, cast: Cast, client_of: Login
) -> None:
    client, person = client_of(cast.reviewer_a), held.person
    url = f"/people/{person.pk}/"
    before = client.get(url).text
    assert "待完善" in before
    assert "添加任职" in before
    person.refresh_from_db()
    assert client.post(f"{url}{verb}/", {"version": person.version, **given}).status_code == 302
    page = client.get(url).text
    assert words in page
    assert given.get("proof", given.get("reason", "")) in page
    for offer in ("待完善", "添加任职", "添加证书", "添加学历", "调岗</a>", "申报</a>"):
        assert offer not in page, offer
    history = client.get(f"{url}history/").text
    assert "新建人员状态" in history
    assert str(today().replace(month=6, day=2)) in history
    assert given.get("proof", given.get("reason", "")) in history
    refused = client.get(f"/posts/new/?person={person.pk}")
    assert refused.status_code == 302


# --- The last day ---------------------------------------------------------------------------
def test_a_post_is_held_on_its_last_day(held: Post, cast: Cast, client_of: Login) -> None:
    """As with a death: the day that is said counts, the next one does not. It is the same day on
    the page, in the list, the file, the API and the history."""
    client, last = client_of(cast.clerk_a), on("2026-05-31")
    asked = {"version": held.version, "last_day": last, "reason": "辞职"}
    assert client.post(f"/posts/{held.pk}/end/", asked).status_code == 302
    held.refresh_from_db()
    assert held.ended_on == on("2026-06-01")
    days = [figure("T1", COUNTY_A, day=day) for day in (last, held.ended_on)]
    assert days == [1, 0]
    pages = [f"/posts/{held.pk}/", f"/posts/{held.pk}/history/", f"/people/{held.person.pk}/",
             "/posts/?state=ended"]  # fmt: skip
    for page in pages:
        text = client.get(page).text
        assert "最后在岗日" in text, page
        assert str(last) in text, page
        assert "2026-06-01" not in text, page
    file = client.post("/posts/export/", {"format": "csv", "filter": "state=ended"})
    assert f"{last}" in b"".join(file.streaming_content).decode("utf-8-sig")
    answer = client.get(f"/api/v1/posts/{held.pk}/").json()
    assert answer["ended_on"] == str(last)
    refused = client.post(f"/posts/{held.pk}/end/", asked | {"version": held.version})
    assert refused.status_code == 409


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"last_day": "2021-12-30"}, "最后在岗日不能早于入职日期 2022-01-01"),
        ({"last_day": "2999-01-01"}, "最后在岗日不能晚于今天"),
        ({"last_day": ""}, "请填写最后在岗日"),
    ],
)
def test_a_last_day_that_cannot_be(
    given: dict[str, str], said: str, held: Post, cast: Cast, client_of: Login
) -> None:
    asked = {"version": held.version, "reason": "辞职"} | given
    answer = client_of(cast.clerk_a).post(f"/posts/{held.pk}/end/", asked)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_post_that_never_was_counts_on_no_day(held: Post, cast: Cast, client_of: Login) -> None:
    asked = {"version": held.version, "was_never": "on", "reason": "录错了人"}
    client_of(cast.clerk_a).post(f"/posts/{held.pk}/end/", asked)
    held.refresh_from_db()
    assert held.ended_on == held.started_on
    assert figure("T1", COUNTY_A, day=on("2025-12-31")) == 0
