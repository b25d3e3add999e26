"""（三）新增重点人才 (T3), in three classes."""

from __future__ import annotations

from typing import Any

from core.figures.indicator import Clause, Indicator
from core.figures.verdict import NOTHING, Read, Verdict, counted
from reports.definitions.clauses import GOALS, MISTAKES
from reports.definitions.populations.key_talents import KEY_TALENTS


def _classes(read: Read, region: str, goal: int | None) -> Verdict:
    """The classes less the overlap are the total."""
    total, overlap = counted(read, region, "T3", "T3_OVERLAP")
    a, b, c = counted(read, region, "T3_A", "T3_B", "T3_C")
    twice = a + b + c - total
    words = f"A {a:,} + B {b:,} + C {c:,} − 重复 {twice:,} = {total:,}"
    # Who is in all three classes is one person who is counted twice too often.
    if not overlap <= twice <= 2 * overlap:
        return Verdict(f"{words}，与同属两类以上 {overlap:,} 人不符，请核对", "wrong")
    return Verdict(words, "good") if total else NOTHING


_ANY_NEW = ("new_a", "new_b", "new_c")
T3 = Indicator(
    code="T3",
    name="新增重点人才",
    unit="人",
    clause=GOALS,
    rule="基期后取得资格、经认定的三类黔籍人员：A 社会工作师及以上；"
    "B 讲授专业课程且副高级及以上；C 社会工作或社会学博士。",
    rulings=(
        "以取得资格之日为准（B 类取两者中较晚的），不以录入日期为准；基期为规划规定的日期。",
        "跨两类的只计一人；中级升高级不重复计；基期前已具备、后来黔的列「引进」。",
        "黔籍指籍贯或户籍在贵州，逐人留证；身份证号前两位只作提示。",
        "累计指标：以后离省、去世的仍计入累计新增，不计入当前存量；地点取最后任职地。",
        MISTAKES,
    ),
    population=KEY_TALENTS,
    where=(_ANY_NEW,),
    has_target=True,
    is_fixed=True,
    starts_over=True,
    check=_classes,
)


def _key(code: str, name: str, rule: str, *clauses: Clause, **changes: Any) -> Indicator:
    return T3.line(code=code, name=name, rule=rule, where=clauses, **changes)


KEY = (
    _key("T3_A", "A 类", "获得社会工作师及以上证书。", ("new_a",)),
    _key("T3_B", "B 类", "讲授专业课程并获得副高级及以上职称。", ("new_b",)),
    _key("T3_C", "C 类", "获得社会工作或社会学博士学位。", ("new_c",)),
    _key(
        "T3_OVERLAP", "同属两类以上", "同时属于两类以上，在总数中只计一人。",
        ("new_a", "new_b"), ("new_a", "new_c"), ("new_b", "new_c"),
    ),
    _key("T3_PRESENT", "当前存量", "新增重点人才中，统计日仍在库的。", _ANY_NEW, ("present",)),
    _key(
        "T3_DOCUMENT", "以文件公布日为基期", "同一口径，但基期取文件公布之日。",
        ("late_a", "late_b", "late_c"), is_within=False,
    ),
    _key(
        "T3_INTRODUCED", "引进", "已具备资格后来黔的重点人才，单列，不计入新增。",
        ("introduced",), ("-new_a",), ("-new_b",), ("-new_c",), is_within=False,
    ),
)  # fmt: skip
