"""（七）强化阵地建设: stations that work (T6), centres, main stations and rooms (T7)."""

from __future__ import annotations

from dataclasses import replace

from core.figures.indicator import Indicator
from reports.definitions.clauses import STRONGHOLDS
from reports.definitions.coverage import T6_BUILT
from reports.definitions.populations.places import COUNTIES, PREFECTURES
from reports.definitions.populations.stations import STATIONS

T6_ACTIVE = replace(
    T6_BUILT,
    code="T6_ACTIVE",
    name="社工站有效运行率",
    clause=STRONGHOLDS,
    rule="社工站统计日运行、有在岗社工、近 6 个月有服务记录的乡镇（街道）。",
    rulings=(
        "在岗社工不含实习、志愿；服务以月度产出为准。",
        "不看批复：还缺批复的站照样计，所以会多于「建成率」的数，差额见其分项「建成未核」。",
        "统计日前 6 个月没有任何站点填报产出的地区，列「无资料」，不作 0。",
        T6_BUILT.rulings[2],
    ),
    where=(("active",),),
    evidence=(("reported",),),
    doubt=(("standing",), ("-reported",)),
    missing="前 6 个月没有月度产出",
    has_target=False,
)

T7_CENTRE = Indicator(
    code="T7_CENTRE",
    name="一市一中心",
    unit="个",
    clause=STRONGHOLDS,
    rule="有运行中、已批复的市级社工站指导中心的市（州）。",
    population=PREFECTURES,
    where=(("seated",),),
    out_of=(),
    has_target=True,
    is_fixed=True,
)
T7_HUB = replace(
    T7_CENTRE,
    code="T7_HUB",
    name="一县一总站",
    rule="有运行中、已批复的县级社工总站的县（市、区、特区）。",
    population=COUNTIES,
)
T7_ROOM = Indicator(
    code="T7_ROOM",
    name="村（社区）社工室",
    unit="个",
    clause=STRONGHOLDS,
    rule="统计日运行的村（社区）社工室；文件为「有条件的」，不设目标。",
    population=STATIONS,
    where=(("room",), ("running",)),
    is_fixed=True,
)
