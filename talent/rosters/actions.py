"""Sheets are issued, come back with an import, and what they say of newcomers is settled."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Now

from core.dates import today
from core.guards import claim, require, touch
from core.models import ImportBatch, ImportRow, User
from core.rules import RuleError
from stations.models import Organization, Station
from talent.codes import MAY_SERVE, RosterAnswer, RosterState
from talent.people.models import Person
from talent.people.states import relocate
from talent.posts.models import Post
from talent.rosters.models import Roster, RosterArrival, RosterLine, RosterLineQuerySet

# What a clerk can have returned, and a page can wait for.
AT_ONCE = 2_000
_NOBODY = "没有在任的人，不用出单。"
_KEPT = "上一张单是别的地区出的，还没有返回，这里不能替代；请由上级出单，或等那张单返回。"
_OVERTAKEN = "刚刚有人给其中的单位出了单，请刷新后核对。"
# By station, where there is one: nobody is asked about by two employers for one post.
Key = tuple[Any, Any]


class Tally(NamedTuple):
    """How many sheets some posts come to, of how many people, and how many open ones these would
    replace."""

    rosters: int
    people: int
    replaced: int


def key_of(row: Any) -> Key:
    """The employer of a post or a sheet: its station, else its organisation."""
    return (row.station_id, None) if row.station_id else (None, row.organization_id)


def _held_here(posts: Any, *, by: User) -> Any:
    """The posts of some that are held by people of here with employers of here."""
    inside = Person.objects.for_user(by).filter(status__in=MAY_SERVE)
    held = posts.unended().filter(started_on__lte=today(), person__in=inside.values("pk"))
    return held.filter(
        Q(station__in=Station.objects.for_user(by).values("pk"))
        | Q(station=None, organization__in=Organization.objects.for_user(by).values("pk"))
    )


def kept_elsewhere(posts: Any, *, by: User) -> Any:
    """Those of which an employer has not returned a sheet that lies outside the user's reach: it
    had another region when that was issued."""
    others = Roster.objects.open().exclude(pk__in=Roster.objects.for_user(by).values("pk"))
    return _held_here(posts, by=by).filter(
        Q(station__in=others.exclude(station=None).values("station"))
        | Q(station=None, organization__in=others.filter(station=None).values("organization"))
    )


def asked_of(posts: Any, *, by: User) -> Any:
    """The posts of some that sheets are about. People whose record lies elsewhere stand on none:
    what is said of them could not be entered here. An employer elsewhere is given none, and one
    that keeps a sheet from elsewhere no other."""
    held = _held_here(posts, by=by)
    return held.exclude(pk__in=kept_elsewhere(posts, by=by).values("pk"))


def tally(asked: Any, *, by: User) -> Tally:
    """What the posts that sheets are about come to, counted by the database."""
    beside = asked.filter(station=None)
    found = asked.aggregate(
        stations=Count("station", distinct=True),
        organizations=Count("organization", distinct=True, filter=Q(station=None)),
        people=Count("person", distinct=True),
    )
    replaced = _replaced_by(asked.values("station"), beside.values("organization"), by=by)
    rosters = found["stations"] + found["organizations"]
    return Tally(rosters, found["people"], replaced.count())


def _replaced_by(stations: Any, organizations: Any, *, by: User) -> Any:
    """The open sheets of some employers in the user's reach."""
    return (
        Roster.objects.for_user(by)
        .open()
        .filter(Q(station__in=stations) | Q(station=None, organization__in=organizations))
    )


def plan_of(asked: Any) -> dict[Key, dict[Any, list[Post]]]:
    """Whom sheets would name: by employer, the posts of each of its people."""
    found: dict[Key, dict[Any, list[Post]]] = defaultdict(lambda: defaultdict(list))
    order = ("-is_primary", "started_on", "pk")
    for post in asked.select_related("station", "organization").order_by(*order):
        found[key_of(post)][post.person_id].append(post)
    return found


def posts_of(employer: Station | Organization, *, by: User) -> Any:
    """The posts that the sheet of an employer is about, in the user's reach."""
    posts = Post.objects.for_user(by)
    if isinstance(employer, Station):
        return posts.filter(station=employer)
    return posts.filter(station=None, organization=employer)


@transaction.atomic
def issue(*, posts: Any, by: User) -> list[Roster]:
    """A sheet for every employer of some posts; each takes the place of the one that its
    employer has not returned, but of none outside the user's reach. Raises RuleError."""
    require(by, "talent.add_roster")
    asked = asked_of(posts, by=by)
    if (count := tally(asked, by=by).rosters) > AT_ONCE:
        words = f"一次最多出 {AT_ONCE} 张单，这里有 {count} 个用人单位，请换小一级的地区。"
        raise RuleError("ROSTER", words)
    if not count:
        raise RuleError("ROSTER", _KEPT if kept_elsewhere(posts, by=by).exists() else _NOBODY)
    plan = plan_of(asked)
    stations = [station for station, _ in plan if station]
    organizations = [organization for _, organization in plan if organization]
    _replaced_by(stations, organizations, by=by).update(
        state=RosterState.REPLACED, version=F("version") + 1, updated_at=Now()
    )
    made = [_roster(people, by=by) for people in plan.values()]
    try:
        with transaction.atomic():
            rosters = Roster.objects.bulk_create(made)
    except IntegrityError:
        raise RuleError("ROSTER", _OVERTAKEN) from None
    RosterLine.objects.bulk_create(
        _line(roster, held)
        for roster, people in zip(rosters, plan.values(), strict=True)
        for held in people.values()
    )
    return rosters


def _roster(people: dict[Any, list[Post]], *, by: User) -> Roster:
    post = next(iter(people.values()))[0]
    roster = Roster(
        station=post.station,
        organization=None if post.station else post.organization,
        as_of=today(),
        count=len(people),
        issued_by=by,
    )
    assert roster.employer is not None
    roster.region_id = roster.employer.region_id
    return roster


def _line(roster: Roster, held: list[Post]) -> RosterLine:
    """Who holds several posts there stands on the sheet once, with the first of them."""
    post = held[0]
    return RosterLine(
        roster=roster,
        person_id=post.person_id,
        kind=post.kind,
        title=post.title,
        started_on=post.started_on,
        started_precision=post.started_precision,
    )


# --- Coming back ----------------------------------------------------------------------------
def said_of(batch: ImportBatch, *outcomes: str) -> set[str]:
    """The serials of the sheets that the rows of a batch name."""
    rows = ImportRow.objects.filter(batch=batch)
    rows = rows.filter(outcome__in=outcomes) if outcomes else rows
    return set(rows.values_list("shown__said__serial", flat=True)) - {None}


def unmentioned(roster: Roster, batch: ImportBatch) -> RosterLineQuerySet:
    """The people of a sheet on no row of an import: neither by their number nor by what was
    answered to who a row is about, nor by the name on a row that was not taken in."""
    own = Q(shown__said__serial=roster.serial) | Q(shown__serial=roster.serial)
    rows = ImportRow.objects.filter(own, batch=batch)
    unread = rows.filter(outcome__in=[ImportRow.Outcome.REFUSED, ImportRow.Outcome.HELD])
    numbers = set(rows.values_list("shown__number", flat=True)) - {None, ""}
    names = set(unread.filter(target=None).values_list("shown__name", flat=True))
    about = rows.exclude(target=None).values("target")
    lines: RosterLineQuerySet = roster.lines.exclude(person__number__in=numbers)
    lines = lines.exclude(person__in=about).exclude(person__merged_into__in=about)
    return lines.exclude(person__name__in=names).exclude(person__merged_into__name__in=names)


def take_back(batch: ImportBatch, *, by: User, on: datetime.date) -> None:
    """Note which sheets an import has brought back, and whom they do not mention; by the job
    that wrote it, in its transaction. A sheet of which nothing was written is still awaited."""
    written = said_of(batch, ImportRow.Outcome.NEW, ImportRow.Outcome.CHANGED)
    for roster in Roster.objects.for_user(by).open().filter(serial__in=written):
        silent = unmentioned(roster, batch).filter(answer=RosterAnswer.NONE)
        silent.update(answer=RosterAnswer.UNSAID, version=F("version") + 1, updated_at=Now())
        roster.state, roster.batch = RosterState.RETURNED, batch.pk
        roster.returned_on, roster.returned_by, roster.file_name = on, by, batch.file_name
        touch(roster, "state", "batch", "returned_on", "returned_by", "file_name")
    relocate(_left_by(batch))


def give_back(batch: ImportBatch) -> None:
    """The sheets of an import that is taken back are awaited again, unless there are newer ones;
    what was said of people has been put back by then. One of which an answer stands has come back
    all the same: somebody acted on it, or it is the answer of another import."""
    for roster in _without_answers(batch).select_for_update(of=("self",)):
        silent = roster.lines.filter(answer=RosterAnswer.UNSAID)
        silent.update(answer=RosterAnswer.NONE, version=F("version") + 1, updated_at=Now())
        is_last = roster.successor() is None
        roster.state = RosterState.OPEN if is_last else RosterState.REPLACED
        roster.batch = roster.returned_on = roster.returned_by = None
        roster.file_name = ""
        touch(roster, "state", "batch", "returned_on", "returned_by", "file_name")
    relocate(_left_by(batch))


def _without_answers(batch: ImportBatch) -> Any:
    """The sheets that an import has written of, of which nothing stands any more."""
    written = said_of(batch, ImportRow.Outcome.NEW, ImportRow.Outcome.CHANGED)
    others = ImportBatch.objects.filter(undone_at=None).exclude(pk=batch.pk)
    answered = RosterLine.objects.answered().filter(roster=OuterRef("pk"))
    return Roster.objects.filter(
        ~Exists(others.filter(pk=OuterRef("batch"))),
        ~Exists(answered),
        state=RosterState.RETURNED,
        serial__in=written,
    )


def _left_by(batch: ImportBatch) -> list[Any]:
    """The people whose posts an import has ended: where they are follows from what is left."""
    rows = ImportRow.objects.filter(
        batch=batch, outcome=ImportRow.Outcome.CHANGED, shown__said__answer=RosterAnswer.LEFT
    )
    return list(rows.exclude(target=None).values_list("target", flat=True))


# --- Newcomers ------------------------------------------------------------------------------
@transaction.atomic
def dismiss_arrival(*, rosterarrival: RosterArrival, by: User, reason: str) -> None:
    """Say why somebody whom an employer named is not registered."""
    arrival = claim(rosterarrival, by, "talent.change_rosterarrival")
    if arrival.dismissed_on is not None:
        raise RuleError("STATE", "已经办理过「不登记」。")
    arrival.dismissed_on, arrival.dismiss_reason = today(), reason
    touch(arrival, "dismissed_on", "dismiss_reason")


def same_name(arrival: RosterArrival, *, by: User) -> Iterable[Person]:
    """Registered people in the user's reach who are called so: she may be one of them."""
    people = Person.objects.for_user(by).filter(name=arrival.name, status__in=MAY_SERVE)
    return people.order_by("number")
