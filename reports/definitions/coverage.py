"""（三）乡镇（街道）社工站建成率 (T6)."""

from __future__ import annotations

from core.figures.indicator import Indicator
from reports.definitions.clauses import GOALS
from reports.definitions.populations.places import TOWNSHIPS

T6_BUILT = Indicator(
    code="T6_BUILT",
    name="乡镇（街道）社工站建成率",
    unit="个",
    clause=GOALS,
    rule="有已建成且已批复社工站的乡镇（街道），除以统计日有效的乡镇（街道）数。",
    rulings=(
        "一站联建覆盖几个乡镇的，按列明的乡镇计；一个乡镇有两站的计一个。",
        "批复自批复日期起计，没有的自填写、确认之日起计，不追溯；注明误录的站点，各天都不计。",
        "撤并乡镇的覆盖由接续的乡镇继承；开发区、安置区不作分母。",
        "「基本建成」默认为 95%；（七）条要求三至五年力争全覆盖（100%）。",
    ),
    population=TOWNSHIPS,
    where=(("built",),),
    out_of=(),
    has_target=True,
    is_fixed=True,
)

COVERAGE_LINES = (
    T6_BUILT.line(code="T6_UNVERIFIED", name="建成未核", rule="有已建成的社工站，但都缺批复。",
                  where=(("standing",), ("-built",)), better_is_higher=False),
    T6_BUILT.line(code="T6_MISSING", name="未覆盖", rule="没有已建成的社工站覆盖。",
                  where=(("-standing",),), better_is_higher=False),
)  # fmt: skip
