"""What holds between the rows of several tables, whatever was done and taken back."""

from __future__ import annotations

from collections.abc import Iterator

from projects.models import Project
from projects.payments.actions import paid_total
from stations.models import Station
from stations.places.rules import CLOSED_STATUSES
from talent.codes import MAY_SERVE, NOT_EMPLOYED, PersonStatus
from talent.models import Person, Post


def unsound() -> set[str]:
    """Where it does not hold, in words that name the record."""
    return {*_posts(), *_people(), *_stations(), *_projects()}


def _posts() -> Iterator[str]:
    for post in Post.objects.unended().select_related("person", "station", "organization"):
        if post.person.status not in MAY_SERVE:
            yield f"post {post.pk}: open, of somebody with the status {post.person.status}"
        if post.station is not None and post.station.status in CLOSED_STATUSES:
            yield f"post {post.pk}: open, at a closed station"
        if post.organization is not None and post.organization.ended_on is not None:
            yield f"post {post.pk}: open, with an employer that is out of use"


def _people() -> Iterator[str]:
    for person in Person.objects.prefetch_related("posts", "states"):
        posts = [post for post in person.posts.all() if post.ended_on is None]
        primary = [post for post in posts if post.is_primary]
        place = primary[0].region_id if primary else person.residence_id
        if person.region_id != place:
            yield f"person {person.pk}: in {person.region_id}, and not in {place}"
        if len(primary) != 1 and any(post.employment not in NOT_EMPLOYED for post in posts):
            yield f"person {person.pk}: {len(primary)} primary posts of {len(posts)}"
        if (person.status == PersonStatus.SERVING) > bool(posts):
            yield f"person {person.pk}: serves nowhere"
        now = [s for s in person.states.all() if s.valid_to is None]
        held = [(s.status, s.residence_id) for s in now]
        if held != [(person.status, person.residence_id)]:
            yield f"person {person.pk}: {held} is dated, {person.status} stands"


def _stations() -> Iterator[str]:
    for station in Station.objects.prefetch_related("states", "coverages"):
        held = [s.status for s in station.states.all() if s.valid_to is None]
        if held != [station.status]:
            yield f"station {station.pk}: {held} is dated, {station.status} stands"
        is_closed = station.status in CLOSED_STATUSES
        if is_closed and any(c.valid_to is None for c in station.coverages.all()):
            yield f"station {station.pk}: closed, and covers"


def _projects() -> Iterator[str]:
    for project in Project.objects.exclude(contract_amount=None):
        if paid_total(project) > project.contract_amount:
            yield f"project {project.pk}: more was paid than the contract says"
        if project.ended_on is not None and paid_total(project):
            yield f"project {project.pk}: out of use, and paid for"
