"""Rules on certificates and registrations (R7 to R11): pure functions on plain values."""

from __future__ import annotations

import datetime

from core.dates import add_months, check_not_future, full_years
from core.rules import Answers, Flag, RuleError
from core.secrecy.identity import clean_id_number, is_resident_number
from talent.codes import CertificateLevel, RegistrationState

MIN_CERTIFICATE_AGE = 18
FIRST_EXAM = datetime.date(2008, 6, 1)
REGISTRATION_MONTHS = 36
RENEWAL_WINDOW_MONTHS = 3
NATIONAL_LEVELS = ("1", "2", "3")
UNDATED = "没有批准日期，登记为日期不详，补上之前不计入持证。"
SENIOR_LEVELS = (CertificateLevel.SENIOR.value, CertificateLevel.SENIOR_PASS.value)


# --- Certificates ---------------------------------------------------------------------------
def clean_certificate_number(value: object) -> tuple[str, list[Flag]]:
    """R7: the number trimmed and in upper case, 10 to 32 characters, no structure assumed."""
    number = clean_id_number(str(value)) if value not in (None, "") else ""
    if len(number) > 32:
        raise RuleError(
            "R7", f"管理号最多 32 位（现在是 {len(number)} 位），请核对。", field="number"
        )
    if is_resident_number(number):
        # It would stand in clear in every list.
        message = "管理号填成了身份证号，请按证书上的管理号填写；不清楚时留空。"
        raise RuleError("R7", message, field="number")
    if number and len(number) < 10:
        message = f"管理号只有 {len(number)} 位，通常为 10 位以上，请核对。"
        return number, [Flag("R7", "W", message, "number")]
    return number, []


def check_certificate_date(
    level: str,
    approved_on: datetime.date | None,
    *,
    birth_date: datetime.date | None = None,
    on: datetime.date | None = None,
) -> list[Flag]:
    """R8: since the first national exam (June 2008) and not before the 18th birthday; without
    a date it counts on no day."""
    if approved_on is None:
        return [Flag("R8", "W", UNDATED, "approved_on")]
    check_not_future(approved_on, label="批准日期", field="approved_on", on=on)
    flags = []
    if level in NATIONAL_LEVELS and approved_on < FIRST_EXAM:
        flags.append(
            Flag("R8", "W", "首次全国考试在 2008 年 6 月，批准日期早于此，请核对。", "approved_on")
        )
    if birth_date and full_years(birth_date, approved_on) < MIN_CERTIFICATE_AGE:
        flags.append(Flag("R8", "W", "取得证书时未满 18 周岁，请核对。", "approved_on"))
    return flags


def check_senior(level: str, *, held_levels: list[str]) -> list[Flag]:
    """R9: 高级 follows 中级 (or is explained); 中级 without 初级 is legal."""
    if level in SENIOR_LEVELS and CertificateLevel.SOCIAL_WORKER not in held_levels:
        return [Flag("R9", "W", "没有登记社会工作师（中级）证书，请补登或说明。", "level")]
    return []


# --- Registration ---------------------------------------------------------------------------
def check_registration(
    *,
    kind: str,
    starts_on: datetime.date,
    ends_on: datetime.date,
    passed_on: datetime.date | None = None,
    previous_end: datetime.date | None = None,
) -> list[Flag]:
    """R10 and R11. `ends_on` is the last valid day, as is `previous_end`.

    A first registration comes within a year of passing; a renewal in the three months before
    the period before it ends, or starts within three months after; a period is three years.
    Who comes later registers anew, as for the first time.
    """
    if ends_on <= starts_on:
        raise RuleError("R11", "有效期至应晚于登记起始，请核对。", field="ends_on")
    flags = []
    expected = add_months(starts_on, REGISTRATION_MONTHS)
    if abs((ends_on - expected).days) > 1:
        last = expected - datetime.timedelta(days=1)
        message = f"登记有效期应为 3 年（至 {last}），请核对。"
        raise RuleError("R11", message, field="ends_on")
    if kind == "1" and passed_on and starts_on > add_months(passed_on, 12):
        flags.append(Flag("R10", "W", "首次登记距取得证书超过 1 年，请说明。", "starts_on"))
    if kind == "2" and previous_end:
        if starts_on <= previous_end:
            raise RuleError(
                "R11", f"与上一登记期（至 {previous_end}）重叠，请核对。", field="starts_on"
            )
        if starts_on > add_months(previous_end, RENEWAL_WINDOW_MONTHS):
            message = (
                f"上一登记期至 {previous_end}，期满超过 3 个月的不能再登记，请选「首次登记」。"
            )
            raise RuleError("R11", message, field="kind")
    return flags


def check_no_overlap(
    starts_on: datetime.date,
    ends_on: datetime.date,
    periods: list[tuple[datetime.date, datetime.date]],
) -> None:
    """R11: periods of a person (both days included) do not overlap."""
    for first, last in periods:
        if starts_on <= last and first <= ends_on:
            raise RuleError(
                "R11", f"与已有的登记期 {first} 至 {last} 重叠，请核对。", field="starts_on"
            )


def check_next_period(
    *,
    kind: str,
    starts_on: datetime.date,
    ends_on: datetime.date,
    counting: list[tuple[datetime.date, datetime.date]],
    passed_on: datetime.date | None,
) -> tuple[str, list[Flag]]:
    """The kind of a period beside those of the person that are `counting`, both days included (one
    that is not said is 再登记 while that may follow another, else 首次登记), and what R10 and R11
    remark on it."""
    before = [last for _, last in counting if last < starts_on]
    if not kind:
        follows = before and starts_on <= add_months(max(before), RENEWAL_WINDOW_MONTHS)
        kind = "2" if follows else "1"
    answers = Answers()
    answers.ask(check_no_overlap, starts_on, ends_on, counting)
    answers.ask(
        check_registration,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        passed_on=passed_on,
        previous_end=max(before, default=None),
    )
    return kind, answers.settle()


def counts_as_period(state: str) -> bool:
    """Whether a registration occupies its period: refused and cancelled ones do not."""
    return state not in (RegistrationState.CANCELLED, RegistrationState.FINAL_FAILED)
