"""（三）社会工作专业毕业生 (T4)."""

from __future__ import annotations

from core.figures.indicator import Indicator
from reports.definitions.clauses import GOALS
from reports.definitions.populations.graduates import GRADUATES

T4 = Indicator(
    code="T4",
    name="社会工作专业毕业生",
    unit="人次",
    clause=GOALS,
    rule="省内院校社会工作专业各层次毕业生，自规划期首年起累计。",
    rulings=(
        "只计毕业，不计结业；同一人先后毕业于不同层次的按人次计。",
        "文件未定「累计」的起点：同时列出自规划期首年和历年累计两个数。",
        "来自院校填报的汇总数，不由人员档案推算；省外院校的黔籍毕业生单列。",
    ),
    population=GRADUATES,
    where=(("inside",), ("since_plan",)),
    evidence=(("inside",), ("begun",)),
    missing="没有填报；毕业生按院校统计，不分到没有院校填报的地区",
    weight="graduates",
    has_target=True,
    is_fixed=True,
    starts_over=True,
    version="2",
)
GRADUATE_LINES = (
    T4.line(code="T4_ALL", name="历年累计", rule="有填报以来全部毕业生。",
            where=(("inside",), ("graduated",)), evidence=(("inside",), ("graduated",)),
            is_within=False),
    T4.line(code="T4_STAYED", name="其中留黔", rule="自规划期首年起毕业并留黔的。", weight="kept",
            evidence=(("inside",), ("begun",), ("told",))),
    T4.line(code="T4_OUTSIDE", name="省外院校黔籍毕业生",
            rule="自规划期首年起省外院校毕业的黔籍学生，单列，不计入目标。",
            where=(("-inside",), ("since_plan",)), evidence=(("-inside",), ("begun",)),
            is_within=False, version="1"),
)  # fmt: skip
