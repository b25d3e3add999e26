"""Pages of the three administrators: what happened to accounts, who read what, how it runs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.accounts.models import User
from core.accounts.roles import role_label
from core.audit.chain import verify_chain
from core.audit.models import ReadEvent, SecurityEvent
from core.entities.forms.fields import DateField, LastDayField
from core.entities.paging import Paginator, page_number
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


class LogForm(forms.Form):
    """What narrows a log: a person's account, a kind, days."""

    who = forms.CharField(label="操作人用户名", required=False, max_length=40)
    kind = forms.ChoiceField(label="事项", required=False)
    since = DateField(label="自", required=False)
    until = LastDayField(label="至", required=False)

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "全部事项"), *kinds]
        for name, words in (("who", "操作人用户名"), ("since", "自哪天"), ("until", "至哪天")):
            self.fields[name].widget.attrs["placeholder"] = words

    def narrow(self, rows: QuerySet[Any], account: str) -> QuerySet[Any]:
        """`account` is the path to the account whose user name is typed."""
        if not self.is_valid():
            return rows.none()
        wanted = self.cleaned_data
        if wanted["who"]:
            rows = rows.filter(**{f"{account}__username": wanted["who"].lower()})
        if wanted["kind"]:
            rows = rows.filter(kind=wanted["kind"])
        if wanted["since"]:
            rows = rows.filter(at__date__gte=wanted["since"])
        if wanted["until"]:
            rows = rows.filter(at__date__lte=wanted["until"])
        return rows


def _log_page(
    request: HttpRequest, rows: QuerySet[Any], form: LogForm, template: str, **context: Any
) -> HttpResponse:
    model: Any = rows.model
    paginator = Paginator(
        rows,
        per_page=PER_PAGE,
        count=rows.count(),
        order=["-id"],
        fetch=lambda ids: model.objects.filter(pk__in=ids).select_related(*context["related"]),
    )
    page = paginator.page(page_number(request.GET.get("page")))
    context |= {"form": form, "page": page, "count": paginator.count}
    return render(request, template, context)


@require_GET
def security_log(request: HttpRequest) -> HttpResponse:
    """Accounts, rights, log-ins, refusals; a 安全管理员 sees the own region's."""
    user = _require(request, "core.view_security_log")
    rows = SecurityEvent.objects.for_user(user)
    kinds = [(k, k) for k in rows.order_by("kind").values_list("kind", flat=True).distinct()]
    form = LogForm(request.GET, kinds=kinds)
    return _log_page(
        request, form.narrow(rows, "actor"), form, "security/log.html", related=("actor",)
    )


@require_GET
def read_log(request: HttpRequest) -> HttpResponse:
    """Who read people's data: how many, how, why; never whose numbers."""
    user = _require(request, "core.view_read_log")
    form = LogForm(request.GET, kinds=list(ReadEvent.Kind.choices))
    rows = form.narrow(ReadEvent.objects.for_auditor(user), "user")
    return _log_page(request, rows, form, "security/reads.html", related=("user",))


@require_GET
def system_status(request: HttpRequest) -> HttpResponse:
    """Whether database, Redis and workers answer, and what the jobs do; no records."""
    _require(request, "core.view_system")
    workers = live_workers()
    now = timezone.now()
    counted = dict(Job.objects.order_by().values_list("status").annotate(n=Count("pk")))
    disk = shutil.disk_usage(_existing(settings.MEDIA_ROOT))
    chain = verify_chain(limit=2000)
    context = {
        "checks": [
            ("数据库", database_answers(), _database_words()),
            ("Redis", workers is not None, _redis_words(workers)),
            ("后台进程", bool(workers), f"{workers or 0} 个在运行"),
            ("安全日志", chain.is_intact, chain.words),
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


def _database_words() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_database_size(current_database())"
        )
        version, size = cursor.fetchone()
    return f"PostgreSQL {version}，{size / 1024**2:,.0f} MB"
