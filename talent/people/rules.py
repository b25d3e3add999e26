"""Rules on people (R20 to R24): pure functions on plain values.

Forms, actions, the API and the importer call the same ones. Each raises RuleError where a
value is refused and returns flags where it is accepted with a remark. Rules on identity
documents are in core.secrecy.identity.
"""

from __future__ import annotations

import datetime
import re

from core.dates import check_not_future, full_years, today
from core.rules import Flag, RuleError
from core.secrecy.identity import joined_numbers, without_id_numbers

# R6: the one with or without a post, the other at any post.
MIN_AGE, USUAL_MAX_AGE = 16, 65
FIRST_BIRTH = datetime.date(1900, 1, 1)
PHONE_SHARED_BY = 3
_BANK = re.compile(r"(?<![0-9])[0-9]{16,19}(?![0-9])")


def check_birth_date(
    born: datetime.date | None, *, on: datetime.date | None = None, field: str = "birth_date"
) -> None:
    """R1 and R6, also of a birth date that no document number tells."""
    on = on or today()
    if born and not FIRST_BIRTH <= born <= on:
        raise RuleError("R1", "出生日期不合理，请核对。", field=field)
    if born and full_years(born, on) < MIN_AGE:
        words = f"{born} 出生，未满 {MIN_AGE} 周岁，不能登记；请核对证件号码和出生日期。"
        raise RuleError("R6", words, field=field)


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
