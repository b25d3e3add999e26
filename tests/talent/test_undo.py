"""撤销: what was done comes back whole, within 30 days, by whom it may, and can be done again."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from core.dates import today
from core.models import Attachment, FormerValue, SecurityEvent, Step, User
from stations.models import Organization, Station, StationCoverage, StationState
from talent.models import (
    Certificate,
    ChangeRequest,
    Person,
    PersonState,
    Post,
    RegistrationPeriod,
    TransferRequest,
)
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.figures import figure
from tests.reports import build
from tests.rows import make_transfer

pytestmark = pytest.mark.django_db
Login = Callable[[Any], Client]
D = datetime.date
MODELS = (
    Person, PersonState, Post, Certificate, RegistrationPeriod, ChangeRequest, TransferRequest,
    Station, StationState, StationCoverage, Organization, FormerValue, Attachment,
)  # fmt: skip
FIGURES = ("T1", "T2", "T6_BUILT", "T6_ACTIVE")
DAYS = (D(2024, 12, 31), D(2025, 12, 31), None)


def world() -> dict[str, Any]:
    """Every row but for what a version counts, who may log in, and the figures."""
    rows: dict[str, Any] = {
        model.__name__: sorted(
            (
                {k: v for k, v in row.items() if k not in ("version", "updated_at", "id_number")}
                for row in model._base_manager.values()
            ),
            key=str,
        )
        for model in MODELS
    }
    rows["accounts"] = set(User.objects.filter(is_active=True).values_list("username", flat=True))
    rows["figures"] = [figure(code, COUNTY_A, day=day) for code in FIGURES for day in DAYS]
    return rows


@pytest.fixture
def serving(cast: Cast) -> Person:
    """In post at a station, certified and registered, with an account and an open request."""
    station = build.station(TOWNSHIP_A, covers=(TOWNSHIP_A,))
    someone = build.person(TOWNSHIP_A, post=False, user=cast.worker_a)
    build.give_post(someone, TOWNSHIP_A, station=station)
    build.certificate(someone)
    RegistrationPeriod.objects.create(
        person=someone, starts_on=D(2025, 1, 1), ends_on=D(2027, 12, 31)
    )
    ChangeRequest.objects.create(
        person=someone, changes={"former_name": {"old": "", "new": "王"}}, reason="更正",
        requested_by=cast.worker_a,
    )  # fmt: skip
    return Person.objects.get(pk=someone.pk)


def act(client: Client, record: Any, verb: str, **given: Any) -> Any:
    page = {"person": "people", "post": "posts", "station": "stations"}[record._meta.model_name]
    now = type(record).objects.get(pk=record.pk)
    answer = client.post(f"/{page}/{record.pk}/{verb}/", {"version": now.version, **given})
    assert answer.status_code == 302, answer.text
    return Step.objects.order_by("-at").first()


def undo(client: Client, step: Step, reason: str = "点错了人") -> Any:
    return client.post(f"/steps/{step.pk}/undo/", {"reason": reason})


def _verbs(person: Person) -> dict[str, tuple[Any, dict[str, Any]]]:
    post = person.posts.get()
    successor = build.station(COUNTY_A, "2")
    kept = build.person(TOWNSHIP_A)
    build.certificate(kept, "2")
    yesterday = today() - datetime.timedelta(days=1)
    return {
        "death": (person, {"died_on": yesterday, "proof": "死亡证明1号"}),
        "leave": (person, {"left_on": yesterday, "reason": "外出"}),
        "retire": (person, {"retired_on": yesterday, "reason": "到龄"}),
        "deactivate": (person, {"why": "mistake", "reason": "误录"}),
        "merge": (
            person, {"kept": kept.number, "kept_name": kept.name, "reason": "同一人"},
        ),
        "confirm": (person, {}),
        "end": (post, {"last_day": yesterday, "reason": "辞职"}),
        "state": (post.station, {"status": "4", "changed_on": yesterday, "reason": "停摆"}),
        "close": (post.station, {"closed_on": yesterday, "reason": "撤并"}),
        "succeed": (
            post.station, {"closed_on": yesterday, "reason": "并入", "successor": successor.pk},
        ),
    }  # fmt: skip


@pytest.mark.parametrize(
    "verb",
    ["death", "leave", "retire", "deactivate", "merge", "confirm", "end", "state", "close",
     "succeed"],
)  # fmt: skip
def test_what_was_done_comes_back_whole_and_can_be_done_again(
    verb: str, serving: Person, cast: Cast, client_of: Login
) -> None:
    record, given = _verbs(serving)[verb]
    verb = "close" if verb == "succeed" else verb
    one, other = client_of(cast.reviewer_a), client_of(cast.prefecture)
    before = world()
    step = act(one, record, verb, **given)
    done = world()
    assert done != before
    answer = undo(other, step)
    assert answer.status_code == 302, answer.text
    assert world() == before
    step.refresh_from_db()
    assert (step.undone_by, step.undone_reason) == (cast.prefecture, "点错了人")
    again = act(one, record, verb, **given)
    assert world()["figures"] == done["figures"]
    assert undo(other, again).status_code == 302
    assert world() == before


def test_a_death_is_taken_back_by_a_second_person(
    serving: Person, cast: Cast, client_of: Login
) -> None:
    client = client_of(cast.reviewer_a)
    step = act(client, serving, "death", died_on=today(), proof="死亡证明1号")
    assert "撤销</a>" not in client.get(f"/people/{serving.pk}/").text
    answer = undo(client, step)
    assert answer.status_code == 422
    assert "由另一位有权限的人员撤销" in answer.text
    for part, status in (("viewer_a", 403), ("reviewer_b", 404), ("security", 404)):
        assert undo(client_of(getattr(cast, part)), step).status_code == status, part
    second = client_of(cast.prefecture)
    page = second.get(f"/people/{serving.pk}/").text
    assert f'href="/steps/{step.pk}/undo/"' in page
    asked = second.get(f"/steps/{step.pk}/undo/").text
    assert "恢复任职" in asked
    assert "去掉新增的人员状态" in asked
    assert undo(second, step).status_code == 302
    events = SecurityEvent.objects.filter(target="worker_a").order_by("id")
    assert [event.kind for event in events] == ["停用账号", "启用账号"]
    history = second.get(f"/people/{serving.pk}/history/").text
    assert "撤销「登记死亡」：点错了人" in history


def test_the_end_of_a_post_is_taken_back_by_who_ended_it(
    serving: Person, cast: Cast, client_of: Login
) -> None:
    """From the row of the person, from the post, from the history."""
    client, post = client_of(cast.reviewer_a), serving.posts.get()
    step = act(client, post, "end", last_day=today(), reason="辞职")
    url = f'href="/steps/{step.pk}/undo/"'
    for page in (f"/people/{serving.pk}/", f"/posts/{post.pk}/", f"/posts/{post.pk}/history/",
                 f"/people/{serving.pk}/history/"):  # fmt: skip
        text = client.get(page).text
        assert text.count(url) == 1, page
    assert "已离岗" in client.get(f"/posts/{post.pk}/").text
    assert "已停用" not in client.get(f"/people/{serving.pk}/").text
    assert undo(client, step).status_code == 302
    post.refresh_from_db()
    assert (post.ended_on, post.end_reason) == (None, "")
    assert url not in client.get(f"/people/{serving.pk}/").text
    assert "已经撤销过了" in undo(client, step).text


def test_nobody_who_went_on_is_overwritten(serving: Person, cast: Cast, client_of: Login) -> None:
    """The later is taken back first; what has nothing to do with it stays."""
    client, post = client_of(cast.reviewer_a), serving.posts.get()
    ended = act(client, post, "end", last_day=today(), reason="辞职")
    Person.objects.filter(pk=serving.pk).update(remark="换了电话")
    left = act(client, serving, "leave", left_on=today(), reason="外出")
    before = world()
    refused = undo(client, ended)
    assert refused.status_code == 422
    assert "请先撤回之后的办理" in refused.text
    assert world() == before
    assert undo(client, left).status_code == 302
    assert undo(client, ended).status_code == 302
    serving.refresh_from_db()
    assert (serving.status, serving.remark) == ("10", "换了电话")


def test_a_new_post_stands_against_the_old_one(
    serving: Person, cast: Cast, client_of: Login
) -> None:
    client, post = client_of(cast.reviewer_a), serving.posts.get()
    step = act(client, post, "end", last_day=D(2025, 5, 31), reason="辞职")
    build.give_post(serving, TOWNSHIP_A, since=D(2025, 7, 1))
    before = world()
    assert "请先撤回之后的办理" in undo(client, step).text
    assert world() == before


def test_after_thirty_days_it_stands(serving: Person, cast: Cast, client_of: Login) -> None:
    post = serving.posts.get()
    step = act(client_of(cast.reviewer_a), post, "end", last_day=today(), reason="辞职")
    with time_machine.travel(timezone.now() + datetime.timedelta(days=30, minutes=5)):
        client = client_of(cast.reviewer_a)
        assert "超过 30 天" in undo(client, step).text
        assert str(step.pk) not in client.get(f"/people/{serving.pk}/").text
    post.refresh_from_db()
    assert post.ended_on is not None


def test_what_is_asked_of_others_is_withdrawn_not_undone(cast: Cast, client_of: Login) -> None:
    make_transfer(COUNTY_A)
    assert not Step.objects.exists()
    assert client_of(cast.reviewer_a).get(f"/steps/{cast.reviewer_a.pk}/undo/").status_code == 404


def test_the_latest_step_is_offered_first(serving: Person, cast: Cast, client_of: Login) -> None:
    """In a dialog, too, which goes back to the page."""
    client, station = client_of(cast.reviewer_a), serving.posts.get().station
    steps = [
        act(client, station, "state", status=status, changed_on=today(), reason="试")
        for status in ("4", "3")
    ]
    for step, other in (reversed(steps), steps):
        page = client.get(f"/stations/{station.pk}/").text
        assert f"/steps/{step.pk}/undo/" in page
        assert f"/steps/{other.pk}/undo/" not in page
        url, hx = f"/steps/{step.pk}/undo/", {"HX-Request": "true"}
        assert "<dialog" in client.get(url, headers=hx).text
        answer = client.post(url, {"reason": "试完"}, headers=hx)
        assert answer.status_code == 204
        assert answer["HX-Redirect"] == f"/stations/{station.pk}/"


def test_a_record_that_is_anothers_by_now_is_not_reached_by_an_undo(
    serving: Person, cast: Cast, client_of: Login
) -> None:
    """The kept one of a merge has moved to another county: only who is above both undoes it."""
    record, given = _verbs(serving)["merge"]
    kept = Person.objects.get(number=given["kept"])
    step = act(client_of(cast.province), record, "merge", **given)
    Person.objects.filter(pk=kept.pk).update(region="520111004")
    before = world()
    county = client_of(cast.reviewer_a)
    refused = undo(county, step)
    assert refused.status_code == 422
    assert "请由共同的上级办理" in refused.text
    assert kept.name not in county.get(f"/steps/{step.pk}/undo/").text.split("<main")[1]
    assert world() == before
