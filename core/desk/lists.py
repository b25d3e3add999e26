"""Lists of what the registry keeps about itself: accounts, logs, one's own exports.

Entities without forms: what is done to an account has pages of its own.
"""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.accounts.actions import grantable_roles, was_dormant
from core.accounts.models import User
from core.accounts.roles import role_label
from core.audit.models import ReadEvent, SecurityEvent
from core.desk.exports import OwnExportsPage
from core.desk.logs import security_words
from core.entities.columns import Column
from core.entities.entity import Entity
from core.entities.filters import ChecksFilter, Chosen, DateFilter
from core.regions.names import place_name

_LISTED = "list export"


def moment(name: str = "at", label: str = "时间") -> Column:
    """A moment to the second, in the order of the key: what came later has a larger one."""
    return Column(
        name, label, css="nowrap", card=True, sort=("id",),
        value=lambda row: f"{timezone.localtime(getattr(row, name)):%Y-%m-%d %H:%M:%S}",
    )  # fmt: skip


class RoleFilter(ChecksFilter):
    """Of the roles that the reader may give."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="角色", field_name="role", choices=[], **kwargs)

    @property
    def field(self) -> forms.Field:
        """The field of one request, which is copied with its choices."""
        made = super().field
        roles = grantable_roles(self.parent.request.user)
        made.choices = [(role.value, role_label(role)) for role in roles]
        return made

    def filter(self, qs: Any, value: list[str]) -> Any:
        return qs.filter(role__in=value) if value else qs


def _tag(colour: str, words: str) -> SafeString:
    return format_html('<span class="tag is-{}">{}</span>', colour, words)


def state_of_account(account: User) -> SafeString:
    if not account.is_active:
        return _tag("wrong", "停用")
    if not account.must_change_password:
        return _tag("good", "启用")
    expires = account.one_time_expires_at
    if expires and expires < timezone.now():
        return _tag("attention", "一次性密码已过期")
    return _tag("info", "待首次登录")


ACCOUNTS = Entity(
    model=User,
    code="account",
    prefix="accounts/",
    only=_LISTED,
    is_record=False,
    unit="个",
    icon="key",
    permissions=dict.fromkeys(("view", "add", "change", "export"), "core.manage_accounts"),
    columns=(
        "display_name",
        Column("username", css="mono", card=True),
        Column("role", value=lambda a: a.get_role_display(), css="nowrap", card=True,
               sort=("role",)),
        "region*",
        Column("state", "状态", value=state_of_account, css="nowrap", card=True),
        "last_login? created_at?",
    ),
    filters=(
        "region",
        ("role", RoleFilter()),
        Chosen("state", "状态", {
            "active": ("启用", Q(is_active=True)),
            "disabled": ("停用", Q(is_active=False)),
            "dormant": ("久未登录停用", was_dormant),
            "first": ("未首次登录", Q(must_change_password=True, is_active=True)),
        }),
    ),
    search=lambda text, filterset: Q(username__startswith=text.lower())
    | Q(display_name__contains=text),
    search_hint="用户名或姓名",
    select_related=("region",),
)  # fmt: skip


class KindsFilter(filters.AllValuesMultipleFilter):
    """Of the kinds that the reader's log holds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="事项", field_name="kind", **kwargs)


def _who(path: str) -> tuple[str, filters.Filter]:
    return "who", filters.CharFilter(
        label="操作人用户名", field_name=f"{path}__username", lookup_expr="iexact"
    )


_DAYS = (
    ("since", DateFilter(label="自哪天", field_name="at", lookup_expr="date__gte")),
    ("until", DateFilter(label="至哪天", field_name="at", lookup_expr="date__lte")),
)

SECURITY_LOG = Entity(
    model=SecurityEvent,
    code="security_event",
    prefix="security/log/",
    names={"list": "security_log"},
    only=_LISTED,
    is_record=False,
    is_opened=False,
    icon="shield",
    permissions=dict.fromkeys(("view", "export"), "core.view_security_log"),
    columns=(
        moment(),
        "kind*",
        Column("target", css="mono", card=True),
        Column("by", "操作人", value=lambda event: event.by_words, css="nowrap", card=True),
        Column("region_code", value=lambda e: place_name(e.region_code) if e.region_code else "",
               css="nowrap"),
        Column("words", "说明", value=security_words, css="wrap"),
    ),
    filters=(_who("actor"), ("kind", KindsFilter()), *_DAYS),
    search="target",
    search_hint="对象",
    select_related=("actor",),
)  # fmt: skip

READ_LOG = Entity(
    model=ReadEvent,
    code="read_event",
    prefix="security/reads/",
    names={"list": "read_log"},
    only=_LISTED,
    is_record=False,
    is_opened=False,
    icon="eye",
    rows=ReadEvent.objects.for_auditor,
    permissions=dict.fromkeys(("view", "export"), "core.view_read_log"),
    columns=(
        moment(),
        Column("user", "查阅人", value=lambda event: str(event.user), card=True),
        Column("user__region", "辖区", card=True),
        "kind* count* reason",
    ),
    filters=(_who("user"), "kind", *_DAYS),
    search="reason",
    search_hint="事由",
    select_related=("user",),
)


def _numbers(event: ReadEvent) -> SafeString | str:
    """How the numbers of people stand in the file."""
    if event.detail.get("unmasked"):
        tag = '<span class="tag is-attention">完整号码</span> {}'
        return format_html(tag, event.reason)
    return "原表" if event.kind == ReadEvent.Kind.FILE else "遮盖"


OWN_EXPORTS = Entity(
    model=ReadEvent,
    code="export",
    title="我的导出",
    beside=("import", "export"),
    prefix="exports/",
    only="list",
    is_record=False,
    is_opened=False,
    unit="次",
    icon="download",
    rows=ReadEvent.objects.exports_of,
    permissions={"view": "core.export"},
    columns=(
        Column("title", "内容", value=lambda e: e.detail.get("title", "")),
        Column("filter", "范围和条件", value=lambda e: e.detail.get("filter", ""), css="wrap",
               card=True),
        Column("rows", "行数", value=lambda e: e.detail.get("rows") or e.count, css="num",
               card=True),
        Column("format", "格式", css="nowrap",
               value=lambda e: "CSV" if e.detail.get("format") == "csv" else "Excel"),
        Column("numbers", "号码", value=_numbers, css="wrap"),
        moment(label="导出时间"),
    ),
    filters=_DAYS,
    search="detail__title",
    search_hint="内容",
    empty_title="还没有导出过",
    empty_hint="在名单页先筛选，再点「导出」。",
    pages={"list": OwnExportsPage},
    templates={"list": "core/exports.html"},
)  # fmt: skip
