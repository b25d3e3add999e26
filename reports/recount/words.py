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
    """Whether the figures were counted twice lately and agreed, and what to say of it.

    Of each day the latest count stands, also one that was asked for: a difference is an alarm
    until the same day agrees.
    """
    nightly = Recount.objects.exclude(night=None).first()
    if nightly is None:
        return Check(is_fine=False, words="还没有复核过，每天凌晨自动进行")
    begun = Recount.objects.filter(night=nightly.night).order_by("id")[0]
    since = Recount.objects.filter(id__gte=begun.id).order_by("id")
    runs = list({run.as_of: run for run in since}.values())
    if wrong := Recount.objects.unresolved():
        total = sum(run.differing for run in wrong)
        first = "；".join(words(run, 0) for run in wrong[:2])
        alarm = f"{total} 个数两次计算不符：{first}。请停止使用这些数字并联系维护人员"
        return Check(is_fine=False, words=alarm)
    if undone := [run for run in runs if run.compared is None and _is_over(run)]:
        days = "、".join(f"{run.as_of}" for run in undone)
        return Check(is_fine=False, words=f"{days} 没有复核完，请查看后台日志")
    when = timezone.localtime(nightly.counted_at)
    compared = sum(run.compared or 0 for run in runs)
    said = f"{when:%Y-%m-%d %H:%M} 复核 {len(runs)} 个统计日的 {compared:,} 个数，全部相符"
    if timezone.now() - nightly.counted_at > FRESH:
        said += "；此后没有再复核，请检查后台定时任务"
        return Check(is_fine=False, words=said)
    return Check(is_fine=True, words=said)


def _is_over(run: Recount) -> bool:
    """Whether it has had all the time that it could take."""
    return timezone.now() - run.counted_at > datetime.timedelta(hours=1)


def words(run: Recount, index: int) -> str:
    """「2026-11-28 南明区 社工人才 显示 12，复核 13」."""
    code, region, counted, recounted = run.differences[index]
    plain = code.removesuffix("/")
    # It may name an indicator that there is no more.
    name = BY_CODE[plain].name if plain in BY_CODE else plain
    figure = name + ("（分母）" if code.endswith("/") else "")
    place = place_name(region) if region else "未定位"
    return f"{run.as_of} {place} {figure} 显示 {_number(counted)}，复核 {_number(recounted)}"


def _number(value: int | None) -> str:
    return NO_DATA if value is None else f"{value:,}"
