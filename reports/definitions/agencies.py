"""民政事业发展规划: social-work agencies (T8), a target beside those of the policy."""

from __future__ import annotations

from core.figures.indicator import Indicator
from reports.definitions.populations.stations import AGENCIES

T8 = Indicator(
    code="T8",
    name="社工机构",
    unit="家",
    clause="贵州省「十四五」民政事业发展规划",
    rule="统计日已登记、未注销的社工机构。",
    rulings=(
        "自登记日期起、至注销日期前计入；没有填登记日期的，自录入本系统之日起计。",
        "一个地区的机构都没有登记日期的，录入以前列「无资料」，不作 0。",
        "停用时注明误录的，各天都不计。",
    ),
    population=AGENCIES,
    where=(("operating",),),
    evidence=(("operating",),),
    doubt=(("undated",),),
    missing="机构没有登记日期，当时还没有建档",
    has_target=True,
)
