"""Rules on people, posts, certificates and registrations (R6-R11, R14, R20-R23).

Pure functions on plain values: forms, actions, the API and the importer call the same ones.
Each raises RuleError where a value is refused and returns flags where it is accepted with a
remark. Rules on identity documents are in core.secrecy.identity.
"""

import calendar
import datetime
import re
from collections.abc import Iterable

from core.dates import today
from core.rules import Flag, RuleError
from core.secrecy.identity import (
    clean_id_number,
    is_resident_number,
    joined_numbers,
    without_id_numbers,
)
from talent.codes import CertificateLevel, RegistrationState

FIRST_BIRTH = datetime.date(1900, 1, 1)
FIRST_EXAM = datetime.date(2008, 6, 1)
FIRST_GRADUATES = 1990
MIN_AGE, USUAL_MAX_AGE, MIN_CERTIFICATE_AGE = 16, 65, 18
REGISTRATION_MONTHS = 36
RENEWAL_WINDOW_MONTHS = 3
PHONE_SHARED_BY = 3
NATIONAL_LEVELS = ("1", "2", "3")
SENIOR_LEVELS = (CertificateLevel.SENIOR.value, CertificateLevel.SENIOR_PASS.value)

_BANK = re.compile(r"(?<![0-9])[0-9]{16,19}(?![0-9])")


def full_years(born: datetime.date, on: datetime.date) -> int:
    """Age in full years on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def add_months(day: datetime.date, months: int) -> datetime.date:
    """The same day `months` later (or earlier), or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))


def check_not_future(
    day: datetime.date | None, *, label: str, field: str = "", on: datetime.date | None = None
) -> None:
    """What has happened cannot lie ahead. Raises RuleError."""
    if day and day > (on or today()):
        raise RuleError("DATE", f"{label}不能晚于今天，请核对。", field=field)


def check_birth_date(born: datetime.date | None, *, on: datetime.date | None = None) -> None:
    """R1, also of a birth date that no document number tells."""
    if born and not FIRST_BIRTH <= born <= (on or today()):
        raise RuleError("R1", "出生日期不合理，请核对。", field="birth_date")


# --- Posts ----------------------------------------------------------------------------------
def check_age_at_post(birth_date: datetime.date | None, started_on: datetime.date) -> list[Flag]:
    """R6: 16 to 65 at any post; below refused, above asks for a reason."""
    if birth_date is None:
        return []
    age = full_years(birth_date, started_on)
    if age < MIN_AGE:
        raise RuleError("R6", "入职时未满 16 周岁，请核对入职日期。", field="started_on")
    if age > USUAL_MAX_AGE:
        return [Flag("R6", "W", f"入职时已 {age} 周岁，请核对。", "started_on")]
    return []


ONE_PRIMARY = "该人员已有一个未结束的主岗。请先为原岗位办理离岗，或把新岗位登记为兼岗。"


def check_one_primary(*, is_primary: bool, has_open_primary: bool) -> None:
    """R14: at most one open primary post a person."""
    if is_primary and has_open_primary:
        raise RuleError("R14", ONE_PRIMARY, field="is_primary")


def check_primary_overlap(
    started_on: datetime.date,
    ended: Iterable[tuple[datetime.date, datetime.date]],
    *,
    ended_on: datetime.date | None = None,
) -> list[Flag]:
    """R14 of the past: a primary post that began before another ended is told; on a day of
    both the one that began later counts. `ended` are half-open like the post itself."""
    for first, end in ended:
        if max(started_on, first) < min(end, ended_on or datetime.date.max):
            message = (
                f"与 {first} 至 {end} 的主岗时间重叠，重叠的日子按后开始的岗位统计；"
                "原岗位离岗日期有误的，请先更正。"
            )
            return [Flag("R14", "W", message, "started_on")]
    return []


def check_other_county(*, is_full_time: bool, county: str, other_counties: list[str]) -> list[Flag]:
    """R14: a second open full-time post in another county is a conflict for both."""
    if is_full_time and any(other != county for other in other_counties if other):
        return [
            Flag("R14", "W", "该人员在其他县（市、区）还有未结束的岗位，请双方核对。", "station")
        ]
    return []


def check_post_within(
    *,
    started_on: datetime.date,
    ended_on: datetime.date | None = None,
    opened_on: datetime.date | None = None,
    closed_on: datetime.date | None = None,
) -> list[Flag]:
    """R15: a post lies inside the life of its station or organisation.

    `closed_on` is the first day on which the employer no longer exists. Starting before the
    day of building is accepted with a reason: staff often come first.
    """
    if closed_on and (ended_on is None or ended_on > closed_on):
        raise RuleError(
            "R15", f"该站点（机构）已于 {closed_on} 撤并或停用，不能再任职。", field="station"
        )
    if closed_on and started_on >= closed_on:
        raise RuleError("R15", "入职日期晚于站点（机构）撤并的日期，请核对。", field="started_on")
    if opened_on and started_on < opened_on:
        return [Flag("R15", "W", f"入职日期早于站点建成日期 {opened_on}。", "started_on")]
    return []


def check_post_order(started_on: datetime.date, ended_on: datetime.date) -> None:
    """R15: a post ends after it began and not in the future."""
    check_not_future(ended_on, label="离岗日期", field="ended_on")
    if ended_on < started_on:
        raise RuleError("R15", f"离岗日期不能早于入职日期 {started_on}，请核对。", field="ended_on")


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
    approved_on: datetime.date,
    *,
    birth_date: datetime.date | None = None,
    on: datetime.date | None = None,
) -> list[Flag]:
    """R8: since the first national exam (June 2008) and not before the 18th birthday."""
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


def counts_as_period(state: str) -> bool:
    """Whether a registration occupies its period: refused and cancelled ones do not."""
    return state not in (RegistrationState.CANCELLED, RegistrationState.FINAL_FAILED)


# --- People ---------------------------------------------------------------------------------
def check_death(
    died_on: datetime.date | None, proof: str, *, birth_date: datetime.date | None = None
) -> None:
    """R21: a death needs its date and a proof."""
    if died_on is None:
        raise RuleError("R21", "请填写死亡日期。", field="died_on")
    if not proof.strip():
        raise RuleError(
            "R21", "请写明依据，如死亡证明编号、火化证明或户籍注销证明。", field="proof"
        )
    check_not_future(died_on, label="死亡日期", field="died_on")
    if birth_date and died_on < birth_date:
        raise RuleError("R21", "死亡日期早于出生日期，请核对。", field="died_on")


def check_free_text(text: str, *, field: str = "remark") -> list[Flag]:
    """R22 and R23: notes hold no ID numbers of service users and no bank-like numbers."""
    if without_id_numbers(text) != text:
        message = "文字里有身份证号，登记时会隐去：备注中不得出现服务对象的证件号。"
        return [Flag("R22", "W", message, field)]
    if _BANK.search(joined_numbers(text)):
        return [Flag("R23", "W", "文字里有疑似银行账号的数字，请删去或说明。", field)]
    return []


def check_phone_shared(others: int) -> list[Flag]:
    """R23: a phone used by more than three people. `others` is how many others use it."""
    if others >= PHONE_SHARED_BY:
        message = f"这个电话已登记在另外 {others} 人名下，请核对是否为本人号码。"
        return [Flag("R23", "W", message, "phone")]
    return []


def check_graduation_year(year: int | None, *, on: datetime.date | None = None) -> None:
    """Nobody has graduated in a year to come, nor in one that was mistyped. Raises RuleError."""
    if year is not None and year > (on or today()).year:
        raise RuleError("DATE", "毕业年度晚于今年，请核对。", field="year")
    if year is not None and year < FIRST_GRADUATES:
        raise RuleError("DATE", f"毕业年度早于 {FIRST_GRADUATES} 年，请核对。", field="year")


def check_graduates(graduates: int | None, stayed: int | None) -> list[Flag]:
    """R20: those who stayed are among those who graduated; else both figures are shown."""
    if graduates is not None and stayed is not None and stayed > graduates:
        message = f"留黔人数 {stayed} 超过毕业人数 {graduates}，请核对。"
        return [Flag("R20", "W", message, "stayed")]
    return []
