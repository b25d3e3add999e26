"""Registrations that a row tells of: entered where R10 and R11 let them, else left out and said.
They never cost the person."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from core.ledgers.asking import say
from core.models import ImportRow
from core.rules import RuleError
from talent.credentials.models import RegistrationPeriod
from talent.credentials.rules import NATIONAL_LEVELS, check_next_period, counts_as_period
from talent.people.ledger.meeting.encounter import CERTIFICATE, PERIOD, Encounter

_COLUMN, _LEFT_OUT = "登记有效期", "登记没有录入。"
_NO_CERTIFICATE = "没有登记社会工作者职业资格证书，先登记证书再登记；"
Held = tuple[str, datetime.date | None]


def register_unmet(row: ImportRow) -> None:
    """The registrations of somebody new, by the certificates of the row."""
    said, row.writes["insert"][PERIOD] = row.inserts(PERIOD), []
    for period in sorted(said, key=lambda one: str(one["starts_on"])):
        _enter(row, period, known=(), held=_told(row))


def meet_registration(m: Encounter) -> None:
    """Known by its first day, else one more."""
    known = m.known.periods[m.person.pk]
    held = [(one.level, one.approved_on) for one in m.known.certificates[m.person.pk]]
    for said in sorted(m.parts.get(PERIOD, []), key=lambda one: str(one["starts_on"])):
        same = next((one for one in known if str(one.starts_on) == said["starts_on"]), None)
        if same is not None:
            _add(m, same, said)
            continue
        said = {**said, "person_id": str(m.person.pk)}
        if _enter(m.row, said, known=known, held=held + _told(m.row)):
            m.show("登记", "", f"{said['starts_on']} 至 {said['ends_on']}")


def _told(row: ImportRow) -> list[Held]:
    """Level and day of the certificates that the row enters itself."""
    days = [(one["level"], one.get("approved_on")) for one in row.inserts(CERTIFICATE)]
    return [(level, day and datetime.date.fromisoformat(day)) for level, day in days]


def _enter(
    row: ImportRow,
    said: dict[str, Any],
    *,
    known: Iterable[RegistrationPeriod],
    held: Iterable[Held],
) -> bool:
    """Whether a period is entered; what speaks against it is said."""
    national = [day for level, day in held if level in NATIONAL_LEVELS]
    if not national:
        say(row, f"{_NO_CERTIFICATE}{_LEFT_OUT}", rule="R10", level="W", column=_COLUMN)
        return False
    counting = [(p.starts_on, p.ends_on) for p in known if counts_as_period(p.state)]
    try:
        kind, flags = check_next_period(
            kind=said.get("kind", ""),
            starts_on=datetime.date.fromisoformat(said["starts_on"]),
            ends_on=datetime.date.fromisoformat(said["ends_on"]),
            counting=counting + [_days(one) for one in row.inserts(PERIOD)],
            passed_on=min(filter(None, national), default=None),
        )
    except RuleError as error:
        say(row, f"{error}{_LEFT_OUT}", rule=error.rule, level="W", column=_COLUMN)
        return False
    for flag in flags:
        say(row, flag.message, rule=flag.rule, level=flag.level, column=_COLUMN)
    row.inserts(PERIOD).append({**said, "kind": kind})
    return True


def _days(said: dict[str, Any]) -> tuple[datetime.date, datetime.date]:
    first, last = (datetime.date.fromisoformat(said[name]) for name in ("starts_on", "ends_on"))
    return first, last


def _add(m: Encounter, known: RegistrationPeriod, said: dict[str, Any]) -> None:
    """What the row says of a registered period that the registry does not."""
    if str(known.ends_on) != said["ends_on"] and counts_as_period(known.state):
        message = (
            f"在册有同一天起的登记，到 {known.ends_on}，台账到 {said['ends_on']}，保留在册的。"
        )
        say(m.row, message, rule="R11", level="W", column=_COLUMN)
    voucher = said.get("voucher", "")
    if voucher and not known.voucher:
        m.show("登记证号", "", voucher)
        m.update(PERIOD, known.pk, voucher=voucher)
    elif voucher and voucher != known.voucher:
        message = f"在册的登记证号是「{known.voucher}」，台账是「{voucher}」，保留在册的。"
        say(m.row, message, rule="R11", level="W", column="登记证书号")
