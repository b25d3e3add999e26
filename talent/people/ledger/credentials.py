"""Education, certificates, registrations and titles that a row of the ledger of people tells of: of
each as many as the row has (columns that stand twice, cells with several, a certificate without its
day)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

from core.ledgers.ledger import AGAIN, RowCheck
from core.rules import Flag, RuleError
from core.secrecy.identity import Identity
from talent.codes import CertificateLevel, RegistrationState, Verification
from talent.credentials.rules import check_certificate_date, clean_certificate_number

# A part stands in a sheet this often at the most.
_TIMES = ("", *(f"{AGAIN}{number}" for number in range(2, 5)))
_NUMBER, _DAY, _LEVEL = "管理号", "批准日期", "证书级别"
_BETWEEN = re.compile(r"[、,，;；/\s]+")
# Of a title without its series.
UNSAID_SERIES = "未注明系列"


def _times(row: RowCheck) -> tuple[str, ...]:
    """What the columns of each set that the sheet may have bear behind their names."""
    return _TIMES if row.context.has_repeats else _TIMES[:1]


def education_of(row: RowCheck) -> list[dict[str, Any]]:
    """The courses of study of a row, without those that it says twice."""
    found: list[dict[str, Any]] = []
    for again in _times(row):
        values = row.values
        level = values.get(f"education{again}")
        school, major = values.get(f"school_and_major{again}") or ("", "")
        school = values.get(f"school{again}") or school
        major = values.get(f"major{again}") or major
        if not level:
            if (school or major) and not row.is_asked("education"):
                message = "有专业或院校但没有学历，学历未登记，请补充。"
                row.flag(Flag("EDU", "W", message), "学历")
            continue
        course = {
            "level": level, "degree": "", "school": school[:80], "major": major[:60],
            "graduated_on": None, "ended_on": None, "end_reason": "",
        }  # fmt: skip
        if course not in found:
            found.append(course)
    return found


def titles_of(row: RowCheck) -> list[dict[str, Any]]:
    said = row.values.get("title_level")
    if not said:
        return []
    # An answered word is the level alone.
    level, series = said if isinstance(said, list) else (said, "")
    return [{
        "level": level, "series": series or UNSAID_SERIES, "obtained_on": None, "ended_on": None,
        "end_reason": "",
    }]  # fmt: skip


def certificates_of(row: RowCheck, identity: Identity) -> list[dict[str, Any]]:
    """The certificates of a row; without a day they are kept and count on none."""
    found: list[dict[str, Any]] = []
    for again in _times(row):
        for level, number, day in _said(row, again):
            certificate = _certificate(row, identity, level, number, day)
            if certificate is None:
                continue
            if certificate not in found:
                found.append(certificate)
    return found


def periods_of(row: RowCheck) -> list[dict[str, Any]]:
    """The registrations of a row; whether they fit is seen beside what is registered."""
    found: list[dict[str, Any]] = []
    for again in _times(row):
        period = row.values.get(f"registration_period{again}")
        voucher = row.values.get(f"registration_voucher{again}") or ""
        if period:
            found.append(issued(*period, voucher=voucher))
        elif voucher and f"registration_period{again}" not in row.dropped:
            message = "有登记证书号但没有登记有效期，登记没有录入，请补充。"
            row.flag(Flag("R11", "W", message), "登记有效期")
    return found


def issued(
    starts: str, ends: str, *, kind: str = "", authority: str = "", voucher: str = ""
) -> dict[str, Any]:
    """A registration from a day to a day (ISO) as a ledger tells of it."""
    return {
        "kind": kind, "starts_on": starts, "ends_on": ends, "state": RegistrationState.ISSUED,
        "authority": authority, "voucher": voucher, "ended_on": None, "end_reason": "",
    }  # fmt: skip


def _said(row: RowCheck, again: str) -> Iterator[tuple[str, str, list[str] | None]]:
    """Level, number and day of each certificate that one set of columns tells of."""
    values = row.values
    said = values.get(f"certificate_level{again}")
    number = values.get(f"certificate_number{again}") or ""
    days = values.get(f"approved_on{again}") or []
    if not (said or number or days):
        return
    numbers = _split(number)
    days = days if days and isinstance(days[0], list) else [days] if days else []
    levels = [one if isinstance(one, list) else [one, None]
              for one in (said if isinstance(said, list) else [said] if said else [])]  # fmt: skip
    if not levels:
        if (numbers or days) and not row.is_asked("certificate_level"):
            what = "管理号" if numbers else "批准日期"
            message = f"有{what}但没有证书级别，证书未登记，请补充。"
            row.flag(Flag("R7", "W", message), _LEVEL)
        return
    # What is said once, of several, is said of the one that came last, the highest.
    levels.sort(key=lambda one: str(one[0]))
    for name, given in ((_NUMBER, numbers), (_DAY, days)):
        if given and len(given) != len(levels):
            last = CertificateLevel(levels[-1][0]).label
            if len(levels) > 1:
                row.flag(Flag("R8", "W", f"证书有多本，{name}只有一个，记在{last}名下。"), name)
    for place, (level, day) in enumerate(levels):
        yield level, _of(numbers, place, len(levels)) or "", day or _of(days, place, len(levels))


def _split(numbers: str) -> list[str]:
    """The numbers in a cell; one is written with spaces by some."""
    parts = [part for part in _BETWEEN.split(numbers) if part]
    return parts if all(len(part) >= 10 for part in parts) else [numbers] if numbers else []


def _of(given: list[Any], place: int, count: int) -> Any:
    """What belongs to the certificate at a place."""
    if len(given) == count:
        return given[place]
    return given[-1] if given and place == count - 1 else None


def _certificate(
    row: RowCheck, identity: Identity, level: str, number: str, approved: list[str] | None
) -> dict[str, Any] | None:
    try:
        number, flags = clean_certificate_number(number)
    except RuleError as error:
        row.flag(Flag(error.rule, "W", f"{error}管理号没有录入。"), _NUMBER)
        number, flags = "", []
    day = datetime.date.fromisoformat(approved[0]) if approved else None
    try:
        flags = flags + check_certificate_date(
            level, day, birth_date=identity.birth_date, on=row.context.day
        )
    except RuleError as error:
        row.flag(Flag(error.rule, "W", f"{error}日期没有录入。"), _DAY)
        day = None
    for flag in flags:
        row.flag(flag, _DAY if flag.rule == "R8" else _NUMBER)
    return {
        "level": level,
        "number": number,
        "approved_on": approved[0] if day and approved else None,
        "approved_precision": approved[1] if day and approved else "D",
        "issuer": "",
        "exam_province": "",
        "verification": Verification.EMPLOYER,
        "verified_by_means": "",
        "verified_on": None,
        "ended_on": None,
        "end_reason": "",
    }
