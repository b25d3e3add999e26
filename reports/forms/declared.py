"""The forms under 报表."""

from __future__ import annotations

from reports.definitions.clauses import GOALS, STRONGHOLDS
from reports.definitions.coverage import COVERAGE_LINES, T6_BUILT
from reports.definitions.registry import HEADLINES
from reports.definitions.strongholds import T6_ACTIVE, T7_CENTRE, T7_HUB, T7_ROOM
from reports.forms.form import ReportForm, denominator, done, gap, goal, rate, value

PROGRESS = ReportForm(
    code="progress",
    title="发展目标进展表",
    clause=GOALS,
    columns=tuple(
        column
        for indicator in HEADLINES
        if indicator.has_target and indicator.clause == GOALS
        for column in (value(indicator), goal(indicator), done(indicator), gap(indicator))
    ),
    note="目标为规划末年的；没有给本地区定目标的，目标、完成和差额空着。",
)
PLACES = ReportForm(
    code="strongholds",
    title="阵地建设情况表",
    clause=STRONGHOLDS,
    columns=(
        *(
            column
            for indicator in (T7_CENTRE, T7_HUB, T6_BUILT)
            for column in (denominator(indicator), value(indicator, "已有"), rate(indicator))
        ),
        *(value(line, "个数") for line in COVERAGE_LINES),
        value(T6_ACTIVE, "个数"),
        rate(T6_ACTIVE),
        value(T7_ROOM, "个数"),
    ),
    note="「应有」是统计日有效的市（州）、县（市、区）和乡镇（街道）数。",
)

__all__ = ["PLACES", "PROGRESS"]
