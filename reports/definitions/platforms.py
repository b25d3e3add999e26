"""（三）支撑平台 (T5)."""

from __future__ import annotations

from core.figures.indicator import Indicator
from core.figures.verdict import NOTHING, Read, Verdict, counted
from reports.definitions.clauses import GOALS
from reports.definitions.populations.stations import STATIONS


def _platforms(read: Read, region: str, goal: int | None) -> Verdict:
    """DOMAIN fact 4: centres and stations of prefectures and counties, bases for the rest."""
    seats = sum(read.denominator(code, region) or 0 for code in ("T7_CENTRE", "T7_HUB"))
    if goal is None or goal <= seats:
        return NOTHING
    platforms, bases = counted(read, region, "T5", "T5_BASE")
    held, wanted = platforms - bases, goal - seats
    words = f"{seats} + {wanted}：中心和总站 {held:,} / {seats:,}，基地 {bases:,} / {wanted:,}"
    return Verdict(words, "good" if held >= seats and bases >= wanted else "attention")


T5 = Indicator(
    code="T5",
    name="支撑平台",
    unit="家",
    clause=GOALS,
    rule="统计日运行、已批复的市级指导中心、县级总站、培训基地和重点实训基地。",
    rulings=(
        "乡镇（街道）站、社工室、观察室、行业自建站和服务点不计。",
        "同一机构在同一地址挂多块牌子的计一家。",
        "没有批复文号、也未经审核确认的列「未核」；批复自批复日期起计，没有的自填写、确认之日起计，不追溯。",
        "撤并、停摆的不计；注明误录的，各天都不计。",
        "9 个指导中心加 88 个总站为 97 家，达到 100 家至少还需 3 家基地。",
    ),
    population=STATIONS,
    where=(("platform",), ("running",), ("approved",), ("-twin",)),
    has_target=True,
    is_fixed=True,
    check=_platforms,
)
PLATFORM_LINES = (
    T5.line(code="T5_BASE", name="其中基地", rule="培训基地和重点实训基地。",
            where=(("base",), *T5.where[1:])),
    T5.line(code="T5_UNVERIFIED", name="未核", rule="统计日运行，但缺批复的平台。",
            where=(("platform",), ("running",), ("-approved",)), is_within=False),
)  # fmt: skip
