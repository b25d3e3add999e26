"""Whom a row without an ID number names: by the number of a certificate, else by name and employer.
Nobody new, and nobody of another county (LEDGERS, principle 14)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from core.ledgers.asking import ABSENT, Question, ask, hold, names
from core.ledgers.ledger import ImportContext, RowCheck
from core.ledgers.models import ImportRow
from core.ledgers.plain import natural_key
from core.ledgers.spreadsheets.child import squeeze
from core.rules import Flag, RuleError
from core.secrecy.crypto import blind_index
from core.secrecy.identity import check_id_number
from core.text import normalise
from talent.codes import REGISTERED_STATUSES
from talent.credentials.models import Certificate
from talent.people.ledger import meanings
from talent.people.models import Person
from talent.posts.models import Post

# The rule of remarks on rows that name somebody of another county.
OUTSIDE = "OUTSIDE"
_NOT_HERE = "未在本辖区。"
_NOBODY = "在册没有这个人，没有登记。"
_HIDDEN = "姓名没有写全，只能凭管理号认人；在册没有这个管理号。"
WHO = "who"
_NONE = "none"
# Candidates that a question names.
_FEW = 6
# Shorter names of an employer stand in too many others.
_LEAST = 4


# --- A row by itself ------------------------------------------------------------------------
def name_row(row: RowCheck, held: list[tuple[str, str]]) -> None:
    """Note whom a row names; `held` are (level, number) of the certificates that it tells of."""
    v = row.values
    unit = str(v.get("employer") or (v.get("employer_and_title") or [""])[0])
    unit = "" if normalise(unit) in meanings.NO_EMPLOYER else unit
    numbers = [number for _, number in held if number]
    row.key = natural_key(*(numbers or [v["name"], unit, *(level for level, _ in held)]))
    row.shown = {
        "name": v["name"],
        "detail": unit,
        "named": {
            "held": [list(one) for one in held],
            "unit": unit,
            "sex": v.get("sex", ""),
            "id": _index(row),
            "number": v.get("number", ""),
            "is_elsewhere": _is_elsewhere(row, unit),
        },
    }


def _index(row: RowCheck) -> str:
    """The index of a whole ID number, as hexadecimal digits."""
    said = row.values.get("id_number")
    if not said:
        return ""
    try:
        number = check_id_number(said, on=row.context.day).number
    except RuleError as error:
        row.flag(Flag(error.rule, "W", f"{error}没有按号码认人。"), "身份证号")
        return ""
    return blind_index(number, purpose="id_number").hex()


def _is_elsewhere(row: RowCheck, unit: str) -> bool:
    """Whether a row itself says that it is about another county."""
    said = "".join(str(row.values.get(name) or "") for name in ("county", "township"))
    return row.context.places.names_elsewhere(said or unit)


# --- Rows beside the registry ---------------------------------------------------------------
class _Known:
    """What the registry has of those whom some rows may name."""

    def __init__(self, rows: Iterable[ImportRow], context: ImportContext) -> None:
        user, self.is_comparison = context.user, context.is_comparison
        named = [row.shown["named"] for row in rows]
        numbers = {number for one in named for _, number in one["held"] if number}
        by_number = Certificate.objects.filter(number__in=numbers, ended_on=None)
        self.holders = {c.number: c.person for c in by_number.select_related("person")}
        ids = [bytes.fromhex(one["id"]) for one in named if one["id"]]
        self.by_id = {bytes(p.id_index).hex(): p for p in Person.objects.filter(id_index__in=ids)}
        own = {one["number"] for one in named if one["number"]}
        self.by_own = {p.number: p for p in Person.objects.filter(number__in=own)}
        reached = Person.objects.for_user(user)
        found = {p.pk for many in (self.holders, self.by_id, self.by_own) for p in many.values()}
        self.inside = set(reached.filter(pk__in=found).values_list("pk", flat=True))
        self.by_name: dict[str, list[Person]] = defaultdict(list)
        names = {row.shown["name"] for row in rows}
        for person in reached.filter(name__in=names, status__in=REGISTERED_STATUSES):
            self.by_name[person.name].append(person)
        people = [person.pk for many in self.by_name.values() for person in many]
        self.employers: dict[Any, list[str]] = defaultdict(list)
        posts = Post.objects.filter(person__in=people, ended_on=None).order_by("-is_primary")
        for post in posts.select_related("station", "organization"):
            self.employers[post.person_id].append(str(post.station or post.organization))
        self.held: dict[Any, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        certificates = Certificate.objects.filter(person__in=people, ended_on=None)
        for one in certificates.values_list("person_id", "level", "number"):
            self.held[one[0]][one[1]].add(one[2])

    def by_a_number(self, named: dict[str, Any]) -> Person | None:
        """Whom a number of the row alone stands for."""
        known = [self.holders.get(number) for _, number in named["held"]]
        known += [self.by_own.get(named["number"]), self.by_id.get(named["id"])]
        return next((person for person in known if person is not None), None)

    def works_at(self, person: Person, unit: str) -> bool:
        """Whether an employer of hers is called so, or so in part."""
        said = squeeze(unit)
        for name in map(squeeze, self.employers[person.pk]):
            shorter, longer = sorted((said, name), key=len)
            if len(shorter) >= _LEAST and shorter in longer:
                return True
        return False

    def other_number(self, person: Person, named: dict[str, Any]) -> str:
        """The number under which she has a certificate that the row has under another."""
        for level, number in named["held"]:
            registered = self.held[person.pk][level] - {""}
            if number and registered and number not in registered:
                return registered.pop()
        return ""


def people_named(rows: list[ImportRow], context: ImportContext) -> dict[int, Person]:
    """{number of a row: the one person whom it names}; the other rows are held, with a question
    where somebody may be meant."""
    known = _Known(rows, context)
    found = ((row.number, _whom(row, known)) for row in rows)
    return {number: person for number, person in found if person is not None}


def _whom(row: ImportRow, known: _Known) -> Person | None:
    named, name = row.shown["named"], row.shown["name"]
    person = known.by_a_number(named)
    if person is not None:
        if person.pk not in known.inside:
            hold(row, _NOT_HERE, rule=OUTSIDE, is_final=True)
            return None
        if not _is_called(person, name):
            message = f"这个号码在册登记在「{person.name}」名下，与名单上的姓名不同，请核对。"
            hold(row, message, rule=WHO, column="姓名")
            names(row, [person.pk])
            return None
        return person
    if named["is_elsewhere"]:
        hold(row, _NOT_HERE, rule=OUTSIDE, is_final=True)
        return None
    if "*" in name:
        hold(row, _HIDDEN, rule=ABSENT, is_final=True)
        return None
    alike = [p for p in known.by_name[name] if not named["sex"] or p.sex == named["sex"]]
    sure = [p for p in alike if named["unit"] and known.works_at(p, named["unit"])]
    if len(sure) == 1 and not known.other_number(sure[0], named):
        return sure[0]
    if not alike:
        hold(row, _NOBODY, rule=ABSENT, is_final=True)
        return None
    return _asked(row, sure or alike, known)


def _is_called(person: Person, name: str) -> bool:
    """张*梅 may be anybody of three or four characters who begins and ends so."""
    pattern = "".join(".{1,2}" if c == "*" else re.escape(c) for c in name)
    return re.fullmatch(pattern, person.name) is not None


def _asked(row: ImportRow, alike: list[Person], known: _Known) -> Person | None:
    """Put the question who is meant; whom the answer names."""
    alike = sorted(alike, key=lambda person: person.number)[:_FEW]
    choices = [(str(person.pk), _described(person, row, known)) for person in alike]
    question = Question(
        WHO, "名单上的人是谁", (*choices, (_NONE, "都不是，在册没有")), is_shared=False
    )
    message = "在册有同名的人，凭名单上的内容认不准，请选择是哪一位。"
    if known.is_comparison:
        # Nobody answers there.
        alike_ones = "、".join(words for _, words in choices)
        message = f"在册有同名的：{alike_ones}。凭名单上的内容认不准，请核实是不是同一人。"
        hold(row, message, rule=WHO, column="姓名")
        names(row, [person.pk for person in alike])
        return None
    answer = ask(row, question, message, column="姓名")
    names(row, [person.pk for person in alike])
    if answer == _NONE:
        hold(row, _NOBODY, rule=ABSENT)
    return next((person for person in alike if str(person.pk) == answer), None)


def _described(person: Person, row: ImportRow, known: _Known) -> str:
    said = [person.number, *known.employers[person.pk][:1]]
    if number := known.other_number(person, row.shown["named"]):
        said.append(f"在册的管理号是 {number}")
    return f"{person.name}（{'，'.join(said)}）"
