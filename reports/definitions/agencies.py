"""民政事业发展规划: social-work agencies (T8), a target beside those of the policy."""

from __future__ import annotations

from core.figures.indicator import Indicator
from reports.definitions.populations.stations import AGENCIES

T8 = Indicator(
    code="T8",
    name="社工机构",
    unit="家",
    clause="贵州省「十四五」民政事业发展规划",
    rule="统计日未停用的社工机构。",
    rulings=("登记成立日期未采集，往年数按现有机构推算，仅供参考。",),
    population=AGENCIES,
    where=(("operating",),),
    has_target=True,
)
