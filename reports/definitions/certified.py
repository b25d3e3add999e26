"""（三）其中持证 (T2), inside the talents."""

from __future__ import annotations

from core.figures.indicator import Clause, Indicator
from core.figures.verdict import NOTHING, Read, Verdict, counted, percent
from reports.definitions.clauses import GOALS, LOCATED, MISTAKES
from reports.definitions.populations.people import PEOPLE


def _inside(read: Read, region: str, goal: int | None) -> Verdict:
    """DOMAIN fact 5: the certified are inside the 100,000."""
    certified, everybody = counted(read, region, "T2", "T1")
    if certified > everybody:
        return Verdict(f"超过社工人才总数 {everybody:,}，请核对", "wrong")
    share = percent(certified, everybody)
    return Verdict(f"在社工人才 {everybody:,} 人之内，占 {share}", "good") if everybody else NOTHING


T2 = Indicator(
    code="T2",
    name="持证人才",
    unit="人",
    clause=GOALS,
    rule="社工人才中，持助理社会工作师、社会工作师、高级社会工作师证书的人数。",
    rulings=(
        "「其中」：在社工人才总数之内。",
        "一人多证只计最高一级；证书本身长期有效，登记过期仍计入，另列「登记有效」。",
        "高级考试合格证明不作高级计；2008 年前地方证书、专项职业能力证书不计。",
        "证书核验级别须在「单位确认」以上，级别取统计日当时的，以后核验的不追溯。",
        "外省考取、在黔任职的计入，在黔考取、省外任职的不计。",
        MISTAKES,
        LOCATED,
    ),
    population=PEOPLE,
    where=(("verified",), ("employed",), ("certified",)),
    has_target=True,
    is_fixed=True,
    check=_inside,
)


def _certified(code: str, name: str, rule: str, *clauses: Clause) -> Indicator:
    return T2.line(code=code, name=name, rule=rule, where=(*T2.where, *clauses))


CERTIFIED = (
    _certified("T2_ASSISTANT", "助理社会工作师", "最高一级为助理社会工作师。",
               ("-certified_middle",)),
    _certified("T2_MIDDLE", "社会工作师", "最高一级为社会工作师。",
               ("certified_middle",), ("-certified_senior",)),
    _certified("T2_SENIOR", "高级社会工作师", "持高级社会工作师证书。", ("certified_senior",)),
    _certified("T2_CHECKED", "县级以上核验", "证书核验级别在「县级核验」以上。",
               ("certified_checked",)),
    _certified("T2_VALID", "登记有效", "统计日登记在有效期内。", ("registration_valid",)),
    T2.line(
        code="T2_OUTSIDE", name="持证但不在社工人才内", is_within=False,
        rule="在库人员中持证，但没有社会工作主岗、或核实级别不够，未计入社工人才。",
        where=(("registered",), ("certified",), ("-verified", "-employed")),
        rulings=(),
    ),
)  # fmt: skip
