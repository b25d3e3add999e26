"""The primary post: a first one, the same one with other words, or another employer."""

from __future__ import annotations

import datetime
from typing import Any

from core.dates import says_otherwise
from core.ledgers.asking import ask, say
from talent.codes import NOT_EMPLOYED, Employment, PersonStatus, PostKind
from talent.people.ledger.meeting import questions
from talent.people.ledger.meeting.encounter import (
    POST,
    STATE,
    Encounter,
    as_staged,
)
from talent.people.ledger.meeting.known import employer_of
from talent.people.ledger.meeting.states import know_since, serve
from talent.people.states import goes_on
from talent.posts.models import Post
from talent.posts.rules import check_other_county, check_primary_overlap

_MOVED = "台账导入：换岗"
_AS_LEDGER = "台账导入：用工性质变更"


def meet_post(m: Encounter) -> None:
    new, old = m.said.get(POST), m.known.posts.get(m.person.pk)
    if new is None:
        return
    if old is None:
        if (since := _goes_on_since(m, new)) is not None:
            _first(m, new | since)
    # Without a 工作单位 the ledger says nothing against the one that is registered.
    elif "employer" not in m.given or employer_of(old) == _employer(new):
        _same(m, old, new)
    elif _moves(m, old, new):
        new = new | _terms(m, old)
        since = max(new["started_on"], old.started_on.isoformat())
        ends, _ = goes_on(on=datetime.date.fromisoformat(since), reason=_MOVED)
        m.update(POST, old.pk, **as_staged(ends))
        m.insert(POST, **new | {"started_on": since})
        m.show("主岗", old.employer_name, "换岗")
        m.update_person(region_id=new["region_id"])
        _remark_elsewhere(m, new["employment"], new["region_id"])
        _remark_overlap(m, since)


def _terms(m: Encounter, old: Post) -> dict[str, Any]:
    """Without a 用工性质 who volunteers, or is an intern, is not employed by going elsewhere."""
    if "employment" in m.given or old.employment not in NOT_EMPLOYED:
        return {}
    message = f"台账没有用工性质，沿用在册的「{old.get_employment_display()}」。"
    say(m.row, message, rule="R14", level="I", column="用工性质")
    return {"employment": old.employment}


def _employer(post: dict[str, Any]) -> str | None:
    return post.get("station_id") or post.get("organization_id")


def _goes_on_since(m: Encounter, new: dict[str, Any]) -> dict[str, Any] | None:
    """Days of a post of who has none; None where the registry's word that it ended stands.

    A ledger that began before the end may be from before it: that she is there still has to
    be said, except of who was put out of use, and then the post goes on from its end.
    """
    ends = [end for _, end in m.known.served[m.person.pk]]
    left = [end for end in ends if (m.person.pk, _employer(new), end) in m.known.ended]
    if not left or new["started_on"] >= max(left).isoformat():
        return {}
    since = {"started_on": max(left).isoformat(), "started_precision": "D"}
    if m.person.status == PersonStatus.DEACTIVATED:
        return since
    message = f"在册已于 {max(left)} 从这个岗位离岗，台账是离岗前入职的同一岗位，是否仍在岗？"
    return since if ask(m.row, questions.ENDED, message, rule="R14") == questions.LEDGER else None


def _first(m: Encounter, new: dict[str, Any]) -> None:
    m.insert(POST, **new)
    m.show("主岗", "", "新任职")
    m.update_person(region_id=new["region_id"])
    _remark_elsewhere(m, new["employment"], new["region_id"])
    _remark_overlap(m, new["started_on"])
    if m.person.status == PersonStatus.IDLE:
        serve(m, new)
    else:
        know_since(m, new["started_on"])


def _remark_elsewhere(m: Encounter, employment: str, region: str) -> None:
    """R14, as the form of a post says it."""
    for flag in check_other_county(
        is_full_time=employment not in NOT_EMPLOYED,
        county=region[:6],
        other_counties=[code[:6] for code in m.known.beside[m.person.pk]],
    ):
        say(m.row, flag.message, rule=flag.rule, level=flag.level, column="工作单位")


def _remark_overlap(m: Encounter, since: str, *, of: Post | None = None) -> None:
    """R14 of the past, as the form of a post says it; `of` is a registered post."""
    begins, ended_on = datetime.date.fromisoformat(since), of.ended_on if of else None
    own = (of.started_on, of.ended_on) if of else None
    served = [days for days in m.known.served[m.person.pk] if days != own]
    for flag in check_primary_overlap(begins, served, ended_on=ended_on):
        say(m.row, flag.message, rule=flag.rule, level=flag.level, column="入职日期")


def _moves(m: Encounter, old: Post, new: dict[str, Any]) -> bool:
    """A later start is a move; any other has to be said to be one."""
    if new["started_on"] > old.started_on.isoformat():
        return True
    message = f"在册主岗是「{old.employer_name}」，入职不早于台账，是否换岗？"
    return ask(m.row, questions.POST, message, rule="R14") == questions.LEDGER


def _same(m: Encounter, old: Post, new: dict[str, Any]) -> None:
    """The post that is registered already: what the ledger says of it otherwise."""
    if "post_kind" in m.given and new["kind"] != old.kind:
        m.show("岗位", old.get_kind_display(), PostKind(new["kind"]).label)
        m.update(POST, old.pk, kind=new["kind"])
    if "title" in m.given and new["title"] != old.title:
        m.show("职务", old.title, new["title"])
        m.update(POST, old.pk, title=new["title"])
    if "employment" in m.given and new["employment"] != old.employment:
        _employed(m, old, new)
    # Of who returns it may be the day of the return, which a post that went on does not have.
    if "started_on" in m.given and m.inserted(STATE) is None:
        _began(m, old, new)


def _employed(m: Encounter, old: Post, new: dict[str, Any]) -> None:
    """Where that decides what is counted, earlier days keep theirs: the post goes on as
    another row from today."""
    day = m.known.day
    m.show("用工性质", old.get_employment_display(), Employment(new["employment"]).label)
    _remark_elsewhere(m, new["employment"], old.region_id)
    counts_as_before = (new["employment"] in NOT_EMPLOYED) == (old.employment in NOT_EMPLOYED)
    if counts_as_before or old.started_on >= day:
        m.update(POST, old.pk, employment=new["employment"])
        return
    kind = new["kind"] if "post_kind" in m.given else old.kind
    # Where it was: what the ledger leaves out is not its default.
    ends, begins = goes_on(on=day, reason=_AS_LEDGER)
    there = {
        "kind": kind,
        "station_id": _key(old.station_id),
        "organization_id": _key(old.organization_id),
        "region_id": old.region_id,
    }
    m.insert(POST, **new | there | as_staged(begins))
    m.update(POST, old.pk, **as_staged(ends))


def _key(value: Any) -> str | None:
    return str(value) if value else None


def _began(m: Encounter, old: Post, new: dict[str, Any]) -> None:
    """A day of entry that the ledger gives otherwise, more exactly or at all."""
    first = old
    while earlier := m.known.ended.get((m.person.pk, employer_of(first), first.started_on)):
        first = earlier
    said, precision = new["started_on"], new["started_precision"]
    if not says_otherwise(first.started_on, said, precision):
        return
    if first.ended_on is not None and said >= first.ended_on.isoformat():
        return
    m.show("入职日期", first.started_on, said)
    m.update(POST, first.pk, started_on=said, started_precision=precision)
    know_since(m, said, corrects=first)
    _remark_overlap(m, said, of=first)
