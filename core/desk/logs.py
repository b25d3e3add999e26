"""Pages of the three administrators: what happened to accounts, who read what, how it runs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.accounts.models import User
from core.accounts.roles import role_label
from core.audit.chain import verify_chain
from core.audit.models import SecurityEvent
from core.audit.triggers import tables_without
from core.jobs.models import Job
from core.regions.names import place_name
from core.web.health import database_answers, live_workers

PER_PAGE = 50


def _require(request: HttpRequest, permission: str) -> User:
    user: Any = request.user
    if not user.has_perm(permission):
        raise PermissionDenied
    return user


def security_words(event: SecurityEvent) -> str:
    """The detail of an event as the log shows it."""
    detail, before = event.detail, event.detail.get("before") or {}
    role = role_label(detail.get("role", ""))
    was = [role_label(before.get("role", "")), place_name(before.get("region", ""))]
    parts = [
        str(detail.get("attempt", "")),
        str(detail.get("reason", "")),
        str(detail.get("purpose", "")),
        f"角色：{role}" if role else "",
        f"已告知规则 {detail['notice']} 版" if detail.get("notice") else "",
        f"地区：{place_name(detail['region'])}" if detail.get("region") else "",
        f"原为：{' '.join(was)}" if before else "",
        f"来自 {detail['address']}" if detail.get("address") else "",
    ]
    return "；".join(part for part in parts if part)


@require_GET
def system_status(request: HttpRequest) -> HttpResponse:
    """Whether database, Redis and workers answer, and what the jobs do; no records."""
    _require(request, "core.view_system")
    workers = live_workers()
    now = timezone.now()
    counted = dict(Job.objects.order_by().values_list("status").annotate(n=Count("pk")))
    disk = shutil.disk_usage(_existing(settings.MEDIA_ROOT))
    chain = verify_chain(limit=2000)
    silent = tables_without()
    context = {
        "checks": [
            ("数据库", database_answers(), _database_words()),
            ("Redis", workers is not None, _redis_words(workers)),
            ("后台进程", bool(workers), f"{workers or 0} 个在运行"),
            ("安全日志", chain.is_intact, chain.words),
            ("修改记录", not silent, _history_words(silent)),
            ("磁盘", disk.free > 2 * 1024**3, f"可用 {disk.free / 1024**3:.1f} GB"),
        ],
        "jobs": [(label, counted.get(value, 0)) for value, label in Job.Status.choices],
        "recent": Job.objects.select_related("by").order_by("-created_at")[:20],
        "now": now,
    }  # fmt: skip
    return render(request, "security/status.html", context)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it: it is made with the first upload."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def _redis_words(workers: int | None) -> str:
    return "应答" if workers is not None else "没有应答，保存不受影响，后台任务稍后处理"


def _history_words(silent: list[str]) -> str:
    if not silent:
        return "每张表的修改都在记录"
    tables = "、".join(silent[:3])
    return f"{len(silent)} 张表没有记录修改（{tables}），请重新执行数据库迁移（migrate）"


def _database_words() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_database_size(current_database())"
        )
        version, size = cursor.fetchone()
    return f"PostgreSQL {version}，{size / 1024**2:,.0f} MB"
