"""R14: full-time in two counties is a task for the reviewers of both, until one side gives way."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from core.notices.waiting import waiting_for
from core.rules import RuleError
from talent import actions
from talent.models import Person, Post
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.rows import DAY, make_person, make_station

pytestmark = pytest.mark.django_db


def post_in(person: Person, region: str, **fields: Any) -> Post:
    fields = {"station": make_station(region), "started_on": DAY} | fields
    return Post.objects.create(person=person, region_id=region, **fields)


@pytest.fixture
def both(cast: Cast) -> tuple[Post, Post]:
    """The primary post in A and a secondary one in B, both full-time."""
    person = make_person(TOWNSHIP_A, "王小明")
    own = post_in(person, TOWNSHIP_A)
    return own, post_in(person, COUNTY_B, is_primary=False)


def waits(user: Any) -> int:
    get_resolver().url_patterns  # noqa: B018  every page has put its kinds on the workbench
    return {w.code: n for w, n in waiting_for(user)}.get("post-conflicts", 0)


def test_both_reviewers_have_the_task_and_nobody_else(
    cast: Cast, both: tuple[Post, Post], client_of: Callable[[Any], Client]
) -> None:
    assert (waits(cast.reviewer_a), waits(cast.reviewer_b)) == (1, 1)
    assert (waits(cast.clerk_a), waits(cast.viewer_a)) == (0, 0)
    listed = client_of(cast.reviewer_b).get("/posts/?conflict=1").content.decode()
    assert f"/posts/{both[1].pk}/" in listed
    assert f"/posts/{both[0].pk}/" not in listed
    detail = client_of(cast.reviewer_b).get(f"/posts/{both[1].pk}/").content.decode()
    assert "南明区" in detail
    assert "改为兼职" in detail


@pytest.mark.parametrize(
    ("region", "fields"),
    [
        (COUNTY_A, {}),
        (COUNTY_B, {"employment": "8"}),
        (COUNTY_B, {"employment": "7"}),
        (COUNTY_B, {"ended_on": datetime.date(2024, 1, 1)}),
    ],
)
def test_what_is_no_conflict(cast: Cast, region: str, fields: dict[str, Any]) -> None:
    person = make_person(TOWNSHIP_A)
    post_in(person, TOWNSHIP_A)
    post_in(person, region, is_primary=False, **fields)
    assert not Post.objects.in_conflict().exists()


def test_an_end_settles_it_for_both(cast: Cast, both: tuple[Post, Post]) -> None:
    actions.end_post(
        post=both[1], by=cast.reviewer_b, ended_on=datetime.date(2025, 1, 1), reason="合同到期"
    )
    assert (waits(cast.reviewer_a), waits(cast.reviewer_b)) == (0, 0)


def test_part_time_settles_it_for_both(
    cast: Cast, both: tuple[Post, Post], client_of: Callable[[Any], Client]
) -> None:
    url = f"/posts/{both[1].pk}/part-time/"
    data = {"version": both[1].version, "reason": "每周一天"}
    assert client_of(cast.clerk_b).post(url, data).status_code == 403
    assert client_of(cast.reviewer_a).post(url, data).status_code == 404
    assert client_of(cast.reviewer_b).post(url, data).status_code == 302
    assert (waits(cast.reviewer_a), waits(cast.reviewer_b)) == (0, 0)
    both[0].refresh_from_db()
    assert both[0].is_primary
    with pytest.raises(RuleError, match="没有跨县"):
        actions.make_part_time(post=both[0], by=cast.reviewer_a, reason="再改")


def test_a_part_time_primary_post_gives_way(cast: Cast, both: tuple[Post, Post]) -> None:
    actions.make_part_time(post=both[0], by=cast.reviewer_a, reason="每周一天")
    person = Person.objects.get()
    assert person.posts.unended().get(is_primary=True).region_id == both[1].region_id
    assert person.region_id == COUNTY_B
