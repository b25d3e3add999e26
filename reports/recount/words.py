"""What 运行状况 says of the second count."""

from __future__ import annotations

import datetime

from django.utils import timezone

from core.desk.status import Check
from core.figures.verdict import NO_DATA
from core.regions.names import place_name
from reports.definitions.registry import BY_CODE
from reports.recount.models import Recount

# One night may be missed.
FRESH = datetime.timedelta(hours=50)


def status() -> Check:
    """Whether the figures were counted twice lately and agreed, and what to say of it."""
    latest = Recount.objects.first()
    if latest is None:
        return Check(is_fine=False, words="还没有复核过，每天凌晨自动进行")
    # The last of each day that was looked at in that night.
    night = Recount.objects.filter(counted_at__gt=latest.counted_at - datetime.timedelta(hours=12))
    runs = list({run.as_of: run for run in reversed(night)}.values())
    wrong = [run for run in runs if run.differing]
    if wrong:
        total = sum(run.differing for run in wrong)
        first = "；".join(words(run, 0) for run in wrong[:2])
        alarm = f"{total} 个数两次计算不符：{first}。请停止使用这些数字并联系维护人员"
        return Check(is_fine=False, words=alarm)
    when = timezone.localtime(latest.counted_at)
    compared = sum(run.compared for run in runs)
    said = f"{when:%Y-%m-%d %H:%M} 复核 {len(runs)} 个统计日的 {compared:,} 个数，全部相符"
    if timezone.now() - latest.counted_at > FRESH:
        said += "；此后没有再复核，请检查后台定时任务"
        return Check(is_fine=False, words=said)
    return Check(is_fine=True, words=said)


def words(run: Recount, index: int) -> str:
    """「2026-11-28 南明区 社工人才 显示 12，复核 13」."""
    code, region, counted, recounted = run.differences[index]
    figure = BY_CODE[code.removesuffix("/")].name + ("（分母）" if code.endswith("/") else "")
    place = place_name(region) if region else "未定位"
    return f"{run.as_of} {place} {figure} 显示 {_number(counted)}，复核 {_number(recounted)}"


def _number(value: int | None) -> str:
    return NO_DATA if value is None else f"{value:,}"
