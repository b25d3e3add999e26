"""Figures in words: gaps, pace, findings. What a reader needs to say it in a meeting."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from core.figures.indicator import Indicator
from core.figures.verdict import NO_DATA, NOTHING, Verdict
from reports.plans.models import Plan
from reports.targets.goals import Goal, expected_by


def gap(indicator: Indicator, value: int | None, goal: Goal | None) -> str:
    if goal is None or value is None:
        return ""
    over = value - goal.value
    if over == 0:
        return "刚好达到目标"
    return f"超出目标 {over:,} {indicator.unit}" if over > 0 else f"还差 {-over:,} {indicator.unit}"


def settled(value: int | None, goal: Goal | None) -> Verdict:
    """The settlement of a plan on its last day."""
    if value is None:
        return Verdict(NO_DATA, "")
    if goal is None:
        return Verdict("未设目标", "")
    return Verdict("达标", "good") if value >= goal.value else Verdict("未达标", "wrong")


def on_the_last_day(
    value: int | None, goal: Goal | None, plan: Plan | None, day: datetime.date
) -> Verdict:
    """What was reached when a plan ended; nothing on any other day, or without a target."""
    if plan is None or goal is None or day != plan.ends_on:
        return NOTHING
    return settled(value, goal)


def pace(
    indicator: Indicator,
    value: int | None,
    plan: Plan | None,
    goals: list[Goal],
    day: datetime.date,
    *,
    start: int = 0,
) -> Verdict:
    """Where a figure stands against the line from the plan's start to its targets; on the last
    day of the plan whether it got there."""
    if plan is None or not goals or value is None:
        return NOTHING
    if day == plan.ends_on:
        return on_the_last_day(value, goals[-1], plan, day)
    if value >= goals[-1].value:
        return Verdict("已达目标", "good")
    expected = expected_by(plan, goals, day, start=start) or 0
    if day > plan.ends_on:
        return Verdict(
            f"规划期已结束，还差 {goals[-1].value - value:,} {indicator.unit}", "attention"
        )
    if value >= expected:
        return Verdict(f"进度正常，按进度应达 {expected:,}", "good")
    return Verdict(f"落后进度 {expected - value:,} {indicator.unit}", "attention")


def measured(indicator: Indicator, measure: float) -> str:
    """「86.5%」 for a share, 「1,234 人」 for a number."""
    return f"{measure:g}%" if indicator.out_of is not None else f"{measure:,} {indicator.unit}"


def finding(indicator: Indicator, areas: list[tuple[str, float | None]]) -> str:
    """The title of a ranking: what it shows. `areas` are names and what they compare by, None
    where nothing is known: no rank, and nothing to be said of."""
    known = [(name, value) for name, value in areas if value is not None]
    counted = [(name, value) for name, value in known if value]
    if not areas:
        return f"{indicator.name}：没有下级地区"
    if not known:
        return f"{indicator.name}：{NO_DATA}（{indicator.missing}）"
    if not counted:
        return f"{indicator.name}：下级地区都还没有"
    best, least = max(counted, key=_second), min(counted, key=_second)
    most, fewest = ("最高", "最低") if indicator.out_of is not None else ("最多", "最少")
    text = f"{indicator.name}：{_alike(counted, best)}{most}，{measured(indicator, best[1])}"
    if empty := len(known) - len(counted):
        return f"{text}；{empty} 个地区还没有"
    if best[1] == least[1]:
        return f"{indicator.name}：各地区都是 {measured(indicator, best[1])}"
    return f"{text}；{_alike(counted, least)}{fewest}，{measured(indicator, least[1])}"


def _alike(areas: list[tuple[str, float]], first: tuple[str, float]) -> str:
    """「甲」, or 「甲等 3 个地区」 where others stand at the same figure."""
    count = sum(1 for _, value in areas if value == first[1])
    return first[0] if count == 1 else f"{first[0]}等 {count} 个地区并列"


def _second(item: tuple[str, float]) -> float:
    return item[1]


def trend_finding(
    indicator: Indicator,
    points: Sequence[tuple[datetime.date, int]],
    *,
    rates: Sequence[str] = (),
    restarted: bool = False,
) -> str:
    """`restarted`: the points are those since a new plan, which counts from 0. `rates` are the
    shares of the points where there is a whole."""
    if not points and indicator.missing:
        return f"{indicator.name}：{NO_DATA}（{indicator.missing}）"
    if len(points) < 2:
        why = "新规划重新计算，" if restarted else ""
        return f"{indicator.name}：{why}还没有可比的往年数"
    (first, low), (last, high) = points[0], points[-1]
    if rates := [rate for rate in (rates or ()) if rate]:
        moved = "没有变化" if rates[0] == rates[-1] else f"由 {rates[0]} 到 {rates[-1]}"
        return f"{indicator.name}：{first:%Y-%m-%d} 至 {last:%Y-%m-%d} {moved}"
    change = high - low
    verb = "增加" if change > 0 else "减少"
    if not change:
        return f"{indicator.name}：{first:%Y-%m-%d} 以来没有变化"
    moved = f"{verb} {abs(change):,} {indicator.unit}"
    return f"{indicator.name}：{first:%Y-%m-%d} 至 {last:%Y-%m-%d} {moved}"
