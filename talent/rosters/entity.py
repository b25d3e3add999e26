"""Sheets for employers, the people on them, and those whom they add: lists and pages."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from core.entities.columns import Column
from core.entities.declarations import Action, Related, Section
from core.entities.entity import Entity
from core.entities.filters import Between, Chosen
from core.entities.forms.actions import ReasonForm
from talent.codes import RosterAnswer, RosterState
from talent.people.belonging import PERSON_NAME
from talent.people.finding import by_person, holder_named_by
from talent.rosters.actions import dismiss_arrival
from talent.rosters.answers import answers_of
from talent.rosters.ledger import ROSTER_LEDGER
from talent.rosters.models import Roster, RosterArrival, RosterLine
from talent.rosters.pages import ArrivalPage, IssuePage, RosterPage

_BESIDE = ("roster", "rosterline", "rosterarrival")
_SERIAL = Column("roster__serial", "单号", css="mono nowrap", card=True)
_EMPLOYER = ("roster__station", "roster__organization")
_ANSWERS = {
    RosterAnswer.THERE: "good",
    RosterAnswer.LEFT: "attention",
    RosterAnswer.UNSAID: "attention",
}


def _employed(text: str, filterset: Any) -> Q:
    return (
        Q(serial=text.upper())
        | Q(station__name__contains=text)
        | Q(station=None, organization__name__contains=text)
    )


def _never(record: Any) -> bool:
    return False


ROSTERS = Entity(
    model=Roster,
    prefix="rosters/",
    unit="张",
    icon="list-check",
    beside=_BESIDE,
    only="list create detail export history",
    create_label="出确认单",
    sections=(
        Section("在岗确认单", "serial employer region as_of count issued_by"),
        Section("返回", "returned_on returned_by file_name"),
    ),
    columns=(
        Column("employer_name", "站点或用人单位", css="wrap", sort=("station__name",)),
        Column("serial", css="mono nowrap", card=True),
        "state* as_of",
        Column("count", css="num", card=True),
        Column("answered", "答复", value=lambda row: row.answered or "", gathers="answered"),
        "returned_on issued_by? file_name? region",
    ),
    gathered={"answered": answers_of},
    filters=("region state station", Between("as_of", "as_of")),
    current=~Q(state=RosterState.REPLACED),
    search=_employed,
    search_hint="站点、用人单位、单号",
    empty_hint="给站点、机构出单，由用人单位填在岗、离岗、新增，返回后导入即为单位确认。",
    state="state",
    colours={"state": {RosterState.OPEN: "info", RosterState.RETURNED: "good"}},
    labels={"employer_name": "站点或用人单位", "employer": "站点或用人单位"},
    headline="as_of count region",
    # What was printed stands.
    is_open=_never,
    silent="batch",
    select_related=("station", "organization", "issued_by"),
    pages={"create": IssuePage, "detail": RosterPage},
    templates={"list": "rosters/list.html", "create": "rosters/issue.html",
               "detail": "rosters/detail.html", "paper": "rosters/paper.html"},
    related=(
        Related("新到人员", "arrivals", "name post started_on remark state", can_add=False,
                empty="单上没有写新增的人。"),
        Related("单上的人", "lines", "person kind started_on answer last_day remark",
                can_add=False),
    ),
)  # fmt: skip

ROSTER_LINES = Entity(
    model=RosterLine,
    prefix="roster-lines/",
    unit="人",
    icon="users",
    beside=_BESIDE,
    only="list detail export history",
    person="person_id",
    sections=(
        Section("确认", "person roster kind title started_on answer last_day returned_on remark"),
    ),
    columns=(
        PERSON_NAME,
        Column("person__number", css="mono nowrap"),
        Column("roster__employer_name", "站点或用人单位", css="wrap", card=True),
        _SERIAL,
        "kind title? started_on answer* last_day",
        Column("roster__returned_on", "返回日期"),
        "remark? roster__region",
    ),
    filters=("region answer state=roster__state",),
    current=Q(roster__state=RosterState.RETURNED),
    search=by_person,
    search_hint="姓名、拼音、人才编号、证件号",
    found_by=holder_named_by,
    empty_title="还没有返回的确认单",
    empty_hint="确认单返回、导入以后，每个人的答复列在这里。",
    state="answer",
    colours={"answer": _ANSWERS},
    labels={"returned_on": "返回日期"},
    headline="roster",
    is_open=_never,
    select_related=("person", "roster__station", "roster__organization"),
    ledger=ROSTER_LEDGER,
)  # fmt: skip

ROSTER_ARRIVALS = Entity(
    model=RosterArrival,
    prefix="roster-arrivals/",
    unit="人",
    icon="user-plus",
    beside=_BESIDE,
    only="list detail edit export history act",
    rows=lambda user: RosterArrival.objects.for_user(user).told(),
    sections=(
        Section("新到人员", "name roster post started_on remark"),
        Section("办理", "state dismissed_on dismiss_reason"),
    ),
    columns=(
        "name",
        Column("roster__employer_name", "站点或用人单位", css="wrap", card=True),
        _SERIAL,
        "post started_on remark?",
        Column("state", "办理", colours={"待登记": "attention", "已登记": "good"}, card=True),
        "dismiss_reason? roster__region",
    ),
    filters=(
        "region",
        Chosen("state", "办理", {
            "todo": ("待登记", Q(registered=False, dismissed_on=None)),
            "done": ("已登记", Q(registered=True, dismissed_on=None)),
            "dismissed": ("不登记", Q(dismissed_on__isnull=False)),
        }),
    ),
    search="name",
    search_hint="姓名",
    empty_title="没有新到人员",
    empty_hint="用人单位在确认单的「新增」里写的人，导入以后列在这里，由录入员登记。",
    state="state",
    colours={"state": {"待登记": "attention", "已登记": "good"}},
    labels={"state": "办理情况"},
    headline="roster",
    select_related=("roster__station", "roster__organization"),
    pages={"detail": ArrivalPage},
    templates={"detail": "rosters/arrival.html"},
    actions=(
        Action("dismiss", "不登记", ReasonForm, dismiss_arrival, "talent.change_rosterarrival",
               when=lambda a: a.dismissed_on is None and not a.registered,
               consequence="不再列为待登记，写明原因，例如「只是短期志愿者」。"),
    ),
)  # fmt: skip
