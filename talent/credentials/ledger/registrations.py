"""Rows of a notice of registrations: the period that each adds to whom it names (R10, R11)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any

from core.ledgers.asking import Question, ask, hold, say
from core.ledgers.ledger import ImportContext, RowCheck
from core.ledgers.models import ImportRow
from core.rules import RuleError
from talent.credentials.models import Certificate, RegistrationPeriod
from talent.credentials.rules import (
    NATIONAL_LEVELS,
    check_next_period,
    clean_certificate_number,
    counts_as_period,
)
from talent.people.ledger.credentials import issued
from talent.people.ledger.named import name_row, people_named
from talent.people.models import Person

PERIOD = "talent.registrationperiod"
Outcome = ImportRow.Outcome
_VOUCHER = Question(
    "voucher", "登记证号与在册的不同", (("ledger", "以名单为准"), ("keep", "保留在册的"))
)
_LABELS = {"voucher": "登记证号", "authority": "登记机关"}


def build(row: RowCheck) -> None:
    """Note whom a row names and the period that it would register."""
    v = row.values
    starts, ends = v.get("period") or (v.get("starts_on"), v.get("ends_on"))
    if not (starts and ends):
        row.refuse("登记有效期", "没有登记的起止日期，请填写登记有效期。", "REQUIRED")
        return
    level = v.get("certificate_level") or ""
    levels = level if isinstance(level, list) else [level]
    plain = [one[0] if isinstance(one, list) else one for one in levels]
    try:
        number = clean_certificate_number(v.get("certificate_number") or "")[0]
    except RuleError as error:
        row.refuse("管理号", str(error), error.rule)
        return
    name_row(row, [(plain[-1] if plain else "", number)])
    said = {name: v.get(name, "") for name in ("kind", "authority", "voucher")}
    row.write(PERIOD, {"id": row.context.new_id(), **issued(starts, ends, **said)})


def compare(rows: list[ImportRow], context: ImportContext) -> None:
    """New, or known by its first day."""
    people = people_named(rows, context)
    persons = [person.pk for person in people.values()]
    periods: dict[Any, list[RegistrationPeriod]] = defaultdict(list)
    found = RegistrationPeriod.objects.filter(person__in=persons, ended_on=None)
    for one in found.order_by("starts_on"):
        periods[one.person_id].append(one)
    passed: dict[Any, list[datetime.date]] = defaultdict(list)
    held = Certificate.objects.filter(
        person__in=persons, ended_on=None, level__in=NATIONAL_LEVELS, approved_on__isnull=False
    )
    for key, day in held.values_list("person_id", "approved_on"):
        passed[key].append(day)
    told: dict[Any, int] = context.memory.setdefault("told", {})
    for row in rows:
        if person := people.get(row.number):
            first = told.setdefault(person.pk, row.number)
            if first != row.number:
                row.outcome = Outcome.DUPLICATE
                say(row, f"与第 {first} 行是同一人，只登记一次。", level="I")
                continue
            _meet(row, person, periods[person.pk], min(passed[person.pk], default=None))


def _meet(
    row: ImportRow,
    person: Person,
    periods: list[RegistrationPeriod],
    passed_on: datetime.date | None,
) -> None:
    said = row.writes["staged"]["insert"][PERIOD][0]
    row.writes["insert"][PERIOD] = []
    starts, ends = (datetime.date.fromisoformat(said[name]) for name in ("starts_on", "ends_on"))
    known = next((one for one in periods if one.starts_on == starts), None)
    if known is not None:
        _add(row, known, said, ends)
        return
    try:
        kind, flags = check_next_period(
            kind=said.get("kind", ""),
            starts_on=starts,
            ends_on=ends,
            counting=[(p.starts_on, p.ends_on) for p in periods if counts_as_period(p.state)],
            passed_on=passed_on,
        )
    except RuleError as error:
        hold(row, str(error), rule=error.rule, column="登记有效期")
        return
    for flag in flags:
        say(row, flag.message, rule=flag.rule, level=flag.level)
    row.inserts(PERIOD).append({**said, "kind": kind, "person_id": str(person.pk)})
    row.outcome = Outcome.NEW


def _add(
    row: ImportRow, known: RegistrationPeriod, said: dict[str, Any], ends: datetime.date
) -> None:
    """What a notice says of a registered period that the registry does not."""
    row.target = known.pk
    if known.ends_on != ends and counts_as_period(known.state):
        message = f"在册有同一天起的登记，到 {known.ends_on}，名单上到 {ends}，请核对。"
        hold(row, message, rule="R11", column="登记有效期")
        return
    for name, label in _LABELS.items():
        new, old = said.get(name, ""), getattr(known, name)
        if not new or new == old:
            continue
        message = f"在册的{label}是「{old}」，名单上是「{new}」。"
        if not old or ask(row, _VOUCHER, message, column=label) == "ledger":
            row.change(PERIOD, known.pk, **{name: new})
            row.diff.append([label, old, new])
    if row.outcome != Outcome.HELD:
        row.outcome = Outcome.CHANGED if row.has_writes else Outcome.UNCHANGED
