"""Rows of a list of certificates: what each adds to what is registered of whom it names."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any

from core.dates import KNOWN_LENGTH
from core.entities.display import date_as_known
from core.ledgers.asking import Question, ask, hold, say
from core.ledgers.ledger import ImportContext, RowCheck
from core.ledgers.models import ImportRow
from core.rules import RuleError
from core.secrecy.identity import Identity
from talent.codes import CertificateLevel
from talent.credentials.models import Certificate
from talent.credentials.rules import (
    UNDATED,
    check_certificate_date,
    check_senior,
    clean_certificate_number,
)
from talent.people.ledger.credentials import certificates_of
from talent.people.ledger.named import name_row, people_named
from talent.people.models import Person

CERTIFICATE = "talent.certificate"
Outcome = ImportRow.Outcome
_NUMBER = Question(
    "number", "管理号与在册的不同", (("ledger", "以名单为准"), ("keep", "保留在册的"))
)
_DAY = Question("day", "批准日期与在册的不同", (("ledger", "以名单为准"), ("keep", "保留在册的")))
# What is empty is not staged.
_UNSAID = {"number": "", "approved_on": None, "approved_precision": "D"}
_NOTHING = "名单没有写明级别，在册也没有这个管理号，没有可登记的证书。"


def build(row: RowCheck) -> None:
    """Note whom a row names and the certificates that it would register."""
    found = certificates_of(row, Identity(""))
    said = [(one["level"], one["number"]) for one in found]
    # Whether it is undated is seen beside what is registered.
    row.flags = [flag for flag in row.flags if flag["message"] != UNDATED]
    if not found and (number := row.values.get("certificate_number")):
        said = [("", clean_certificate_number(number)[0])]
        # It may be known by its number.
        row.flags = [flag for flag in row.flags if flag["rule"] != "R7"]
    name_row(row, said)
    for one in found:
        row.write(CERTIFICATE, {"id": row.context.new_id(), **one})


def compare(rows: list[ImportRow], context: ImportContext) -> None:
    """New where the person has none of the level, changed where the list says more."""
    people = people_named(rows, context)
    held: dict[Any, list[Certificate]] = defaultdict(list)
    persons = [person.pk for person in people.values()]
    for one in Certificate.objects.filter(person__in=persons, ended_on=None).order_by("pk"):
        held[one.person_id].append(one)
    # (person, level) -> the row of the file that told of it first.
    told: dict[tuple[Any, str], int] = context.memory.setdefault("told", {})
    for row in rows:
        if person := people.get(row.number):
            _meet(row, person, held[person.pk], told)


def _meet(
    row: ImportRow, person: Person, held: list[Certificate], told: dict[tuple[Any, str], int]
) -> None:
    staged = [_UNSAID | one for one in row.writes["staged"]["insert"].get(CERTIFICATE, [])]
    row.writes["insert"][CERTIFICATE] = []
    if not staged:
        _meet_by_number(row, held)
        return
    for said in staged:
        first = told.setdefault((person.pk, said["level"]), row.number)
        if first != row.number:
            row.outcome = Outcome.DUPLICATE
            say(row, f"与第 {first} 行是同一人的同一级证书，只登记一次。", level="I")
            return
        same = [one for one in held if one.level == said["level"]]
        same.sort(key=lambda one: one.number != said["number"])
        if same:
            row.target = row.target or same[0].pk
            _add(row, same[0], said)
        else:
            _enter(row, person, said, held)
    if row.outcome == Outcome.HELD:
        return
    inserted = bool(row.inserts(CERTIFICATE))
    if inserted and row.target is None:
        row.outcome = Outcome.NEW
    else:
        row.outcome = Outcome.CHANGED if row.has_writes else Outcome.UNCHANGED


def _meet_by_number(row: ImportRow, held: list[Certificate]) -> None:
    """A row that says no level means the certificate of its number."""
    numbers = {number for _, number in row.shown["named"]["held"] if number}
    known = next((one for one in held if one.number in numbers), None)
    if known is None:
        hold(row, _NOTHING, column="证书级别")
        return
    row.target, row.outcome = known.pk, Outcome.UNCHANGED


def _enter(row: ImportRow, person: Person, said: dict[str, Any], held: list[Certificate]) -> None:
    """A certificate that is not registered yet; what speaks against it is said."""
    day = said["approved_on"] and datetime.date.fromisoformat(said["approved_on"])
    levels = [one.level for one in held]
    try:
        flags = check_certificate_date(said["level"], day, birth_date=person.birth_date)
    except RuleError as error:
        hold(row, str(error), rule=error.rule, column="批准日期")
        return
    known = {message["message"] for message in row.messages}
    for flag in [*flags, *check_senior(said["level"], held_levels=levels)]:
        if flag.message not in known:
            say(row, flag.message, rule=flag.rule, level=flag.level)
    row.inserts(CERTIFICATE).append({**said, "person_id": str(person.pk)})


def _add(row: ImportRow, known: Certificate, said: dict[str, Any]) -> None:
    """What a list says of a registered certificate that the registry does not."""
    change: dict[str, Any] = {}
    label = CertificateLevel(known.level).label
    if said["number"] and said["number"] != known.number:
        message = f"在册的管理号是 {known.number}，名单上是 {said['number']}。"
        if not known.number or ask(row, _NUMBER, message, column="管理号") == "ledger":
            change["number"] = said["number"]
            row.diff.append([f"{label}管理号", known.number, said["number"]])
    if day := said["approved_on"]:
        _add_day(row, known, day, said["approved_precision"], change)
    if change:
        row.change(CERTIFICATE, known.pk, **change)


def _add_day(
    row: ImportRow, known: Certificate, day: str, precision: str, change: dict[str, Any]
) -> None:
    """A day that is known better than the registry knows it, or otherwise, which is asked."""
    before, was = known.approved_on, ""
    shown = day[: KNOWN_LENGTH.get(precision)]
    if before is not None:
        was = str(date_as_known(known, "approved_on", before))
        if was.startswith(shown):
            return
        message = f"在册的批准日期是 {was}，名单上是 {shown}。"
        is_finer = shown.startswith(was)
        if not is_finer and ask(row, _DAY, message, column="批准日期") != "ledger":
            return
    change |= {"approved_on": day, "approved_precision": precision}
    label = CertificateLevel(known.level).label
    row.diff.append([f"{label}批准日期", was or "日期不详", shown])
