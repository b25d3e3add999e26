"""运行状况: what an installation checks about itself, and what its jobs do; no records.

Other apps add a check with `register`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.audit.chain import verify_chain
from core.audit.triggers import tables_without
from core.jobs.models import Job
from core.web.health import database_answers, live_workers


class Check(NamedTuple):
    """Whether something is as it should be, and what there is to say of it."""

    is_fine: bool
    words: str


_CHECKS: dict[str, Callable[[], Check]] = {}


def register(label: str, check: Callable[[], Check]) -> None:
    """Have the page ask, under a label, whenever it is looked at."""
    _CHECKS[label] = check


@require_GET
def system_status(request: HttpRequest) -> HttpResponse:
    """The page of the system administrator."""
    if not request.user.has_perm("core.view_system"):  # type: ignore[union-attr]
        raise PermissionDenied
    counted = dict(Job.objects.order_by().values_list("status").annotate(n=Count("pk")))
    context = {
        "checks": [(label, *check()) for label, check in _CHECKS.items()],
        "jobs": [(label, counted.get(value, 0)) for value, label in Job.Status.choices],
        "recent": Job.objects.select_related("by").order_by("-created_at")[:20],
        "now": timezone.now(),
    }
    return render(request, "security/status.html", context)


def _database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_database_size(current_database())"
        )
        version, size = cursor.fetchone()
    return Check(database_answers(), f"PostgreSQL {version}，{size / 1024**2:,.0f} MB")


def _redis() -> Check:
    is_there = live_workers() is not None
    return Check(is_there, "应答" if is_there else "没有应答，保存不受影响，后台任务稍后处理")


def _workers() -> Check:
    workers = live_workers() or 0
    return Check(bool(workers), f"{workers} 个在运行")


def _security_log() -> Check:
    chain = verify_chain(limit=2000)
    return Check(chain.is_intact, chain.words)


def _history() -> Check:
    silent = tables_without()
    if not silent:
        return Check(is_fine=True, words="每张表的修改都在记录")
    tables = "、".join(silent[:3])
    words = f"{len(silent)} 张表没有记录修改（{tables}），请重新执行数据库迁移（migrate）"
    return Check(is_fine=False, words=words)


def _disk() -> Check:
    disk = shutil.disk_usage(_existing(settings.MEDIA_ROOT))
    return Check(disk.free > 2 * 1024**3, f"可用 {disk.free / 1024**3:.1f} GB")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it: it is made with the first upload."""
    return next(path for path in (folder, *folder.parents) if path.exists())


register("数据库", _database)
register("Redis", _redis)
register("后台进程", _workers)
register("安全日志", _security_log)
register("修改记录", _history)
register("磁盘", _disk)
