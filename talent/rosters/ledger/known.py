"""What the registry has of the sheets that some rows name, of the people on them and beside."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from core.ledgers.ledger import ImportContext
from core.ledgers.models import ImportRow
from talent.codes import RosterAnswer, RosterState
from talent.people.models import Person, PersonState
from talent.posts.models import Post
from talent.rosters.actions import key_of
from talent.rosters.models import Roster, RosterArrival, RosterLine


class Known:
    """Read in sets: sheets by serial, lines by number, what each person on them holds now."""

    def __init__(self, rows: list[ImportRow], context: ImportContext) -> None:
        self.day, self.user = context.day, context.user
        self.refusals: dict[str, str] = {}
        # (sheet, person) -> the first row of the file that answers for her.
        self.told: dict[tuple[Any, Any], int] = context.memory.setdefault("told", {})
        serials = {row.shown["said"]["serial"] for row in rows}
        named = Roster.objects.filter(serial__in=serials).select_related("station", "organization")
        self.rosters = {roster.serial: roster for roster in named}
        inside = Roster.objects.for_user(context.user).filter(serial__in=serials)
        self.inside = set(inside.values_list("pk", flat=True))
        self.lines: dict[tuple[Any, str], RosterLine] = {}
        self.namesakes: dict[tuple[Any, str], list[RosterLine]] = defaultdict(list)
        lines = RosterLine.objects.filter(roster__in=self.inside)
        for line in lines.select_related("person__merged_into"):
            self.lines[line.roster_id, line.person.number] = line
            self.namesakes[line.roster_id, line.person.name].append(line)
        people = {whom(line).pk for line in self.lines.values()}
        reached = Person.objects.for_user(context.user).filter(pk__in=people)
        self.reached = set(reached.values_list("pk", flat=True))
        self.posts: dict[Any, list[Post]] = defaultdict(list)
        held = Post.objects.unended().filter(person__in=people)
        for post in held.select_related("station", "organization").order_by("-is_primary", "pk"):
            self.posts[post.person_id].append(post)
        states = PersonState.objects.filter(person__in=people, valid_to=None)
        self.states = {state.person_id: state for state in states}
        arrivals = RosterArrival.objects.filter(roster__in=self.inside)
        self.arrivals = {(one.roster_id, one.name): one for one in arrivals}

    def refusal(self, serial: str) -> str:
        """Why a sheet is not taken, "" where it is."""
        if serial not in self.refusals:
            self.refusals[serial] = self._refusal(serial)
        return self.refusals[serial]

    def _refusal(self, serial: str) -> str:
        roster = self.rosters.get(serial)
        if roster is None:
            return f"没有单号 {serial} 的在岗确认单，请核对单号。"
        if roster.pk not in self.inside:
            return f"单号 {serial} 的在岗确认单不是本辖区出的，请由出单的单位导入。"
        if roster.state == RosterState.REPLACED:
            said = f"单号 {serial} 是旧单，「{roster.employer_name}」"
            if newer := roster.successor(self.user):
                return f"{said}已有新单 {newer.serial}（截至 {newer.as_of}），请填新单后再导入。"
            return f"{said}已由现在所在的地区出了新单，请由那里办理。"
        return ""

    def here(self, roster: Roster, person: Person) -> list[Post]:
        """The open posts of somebody at the employer of a sheet."""
        return [post for post in self.posts[person.pk] if key_of(post) == key_of(roster)]

    def elsewhere(self, roster: Roster, person: Person) -> list[Post]:
        return [post for post in self.posts[person.pk] if key_of(post) != key_of(roster)]


def whom(line: RosterLine) -> Person:
    """The person of a line, whose record may have been merged into another since."""
    return line.person.merged_into or line.person


def is_answered(line: RosterLine) -> bool:
    return line.answer in (RosterAnswer.THERE, RosterAnswer.LEFT)
