"""（三）社工人才 (T1): the ladder and the three categories."""

from __future__ import annotations

from functools import partial
from typing import Any

from core.figures.indicator import Clause, Indicator
from reports.definitions.clauses import GOALS, LOCATED, MISTAKES, ONE_PERSON, VERIFIED
from reports.definitions.populations.people import PEOPLE

_TALENT = ("educated", "titled", "certified")
_PROFESSIONAL = ("certified", "related")

T1 = Indicator(
    code="T1",
    name="社工人才",
    unit="人",
    clause=GOALS,
    rule="统计日有主岗、从事社会工作的人员（不含实习、志愿），实务、研究、管理三类都计入。",
    rulings=(
        "以阶梯的「从业」（L1）为总数口径，由省确定。",
        ONE_PERSON,
        VERIFIED,
        MISTAKES,
        LOCATED,
        "政策（四）所列十一类人员，须有社会工作岗位才计入。",
    ),
    population=PEOPLE,
    where=(("verified",), ("employed",)),
    has_target=True,
    is_fixed=True,
)


def _line(code: str, name: str, rule: str, *clauses: Clause, **changes: Any) -> Indicator:
    where = (("verified",), *clauses)
    rulings = (ONE_PERSON, VERIFIED, MISTAKES, LOCATED)
    return T1.line(code=code, name=name, rule=rule, where=where, rulings=rulings, **changes)


_step = partial(_line, is_fixed=True)


LADDER = (
    # More than those who serve.
    _step("T1_L0", "L0 在库", "统计日状态为在岗、待岗（离岗未离省）或待核实。", ("registered",),
          is_within=False),
    _step("T1_L1", "L1 从业", "统计日有主岗，用工性质不是实习、志愿（兼职）。", ("employed",)),
    _step(
        "T1_L2", "L2 社会工作人才",
        "从业人员中，大专及以上学历、或中级及以上职称、或持证。",
        ("employed",), _TALENT,
    ),
    _step(
        "T1_L3", "L3 专业社会工作人才",
        "社会工作人才中，持证或所学为社会工作、社会学等相关专业。",
        ("employed",), _TALENT, _PROFESSIONAL,
    ),
    _step(
        "T1_L4", "L4 持证", "从业人员中，持全国社会工作者职业资格证书。",
        ("employed",), ("certified",),
    ),
)  # fmt: skip
CATEGORIES = (
    _line("T1_PRACTICE", "实务人才", "社工人才中的实务人才。", ("employed",), ("practice",)),
    _line("T1_RESEARCH", "研究人才", "社工人才中的研究人才。", ("employed",), ("research",)),
    _line("T1_MANAGEMENT", "管理人才", "社工人才中的管理人才。", ("employed",), ("management",)),
    _line(
        "T1_FRESH", "12 个月内确认", "社工人才中，统计日前 12 个月内确认过资料的。",
        ("employed",), ("fresh",),
        evidence=(("confirmed",),), doubt=(("verified",), ("employed",)),
        missing="当时没有确认记录",
    ),
)  # fmt: skip
