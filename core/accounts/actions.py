"""Accounts: who may open, move, reset and close which, and what each of it leaves behind.

Every function is one transaction, refuses what lies outside the actor's reach, leaves a
SecurityEvent and, where rights change, ends the account's sessions and tokens at once.
"""

from __future__ import annotations

import datetime
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.lookups import Exact
from django.utils import timezone

from core.accounts.backend import counted_name
from core.accounts.models import User
from core.accounts.passwords import one_time_password
from core.accounts.privacy import NOTICE_VERSION
from core.accounts.roles import ADMINISTRATORS, Role
from core.accounts.tokens import ApiToken
from core.audit.models import SecurityEvent
from core.regions.models import Region
from core.scoping import in_scope

ONE_TIME_HOURS = 24
TOKEN_DAYS = (7, 30, 90)
TOKENS_MAX = 5
# The kind of event that a closing for disuse leaves.
DORMANT = "久未登录停用"
# Stands for "no session counts": no session has this key.
NO_SESSION = "-"

BUSINESS_ROLES = (Role.CLERK, Role.REVIEWER, Role.VIEWER)
ADMINISTRATOR_ROLES = tuple(r for r in Role if r in ADMINISTRATORS)


class NotAllowed(PermissionDenied):
    """An account, role or region outside the actor's reach; already written to the log."""


def grantable_roles(by: User) -> tuple[Role, ...]:
    """The roles that `by` may give: a reviewer gives no administrators."""
    if not by.has_perm("core.manage_accounts"):
        return ()
    if by.role == Role.SECURITY_ADMIN:
        return (*BUSINESS_ROLES, *ADMINISTRATOR_ROLES)
    return BUSINESS_ROLES


def roles_for(user: User | None, by: User) -> tuple[Role, ...]:
    """The roles that `by` may give to this account (None: a new one).

    The three administrators exclude each other and every business role (GB/T 22239
    8.1.5), so an administrator keeps the role and nobody becomes one.
    """
    grantable = grantable_roles(by)
    if user is None:
        return grantable
    if user.role in ADMINISTRATORS:
        return tuple(r for r in grantable if r == user.role)
    return tuple(r for r in grantable if r in BUSINESS_ROLES)


def manageable(by: User) -> Any:
    """The accounts that `by` may manage: in the own region, never the own one."""
    return User.objects.for_user(by).exclude(pk=by.pk)


def refuse(*, by: User, kind: str, target: str, **detail: Any) -> None:
    """Log an attempt outside the actor's reach, then raise NotAllowed.

    The event is committed though the attempt is not: call outside of a transaction.
    """
    with transaction.atomic():
        SecurityEvent.record(
            kind="越权拒绝",
            actor=by,
            target=target[:100],
            region_code=by.region_id or "",
            attempt=kind,
            **detail,
        )
    raise NotAllowed("这个操作超出了您的辖区或权限，没有办理，并已记入安全日志。")


def guard_submission(
    *, by: User, kind: str, user: User | None, role: str, region_code: str
) -> None:
    """Refuse and log a form that names a real role or region outside the actor's reach.

    The form itself offers none of these: whoever sends one has changed the page.
    """
    target = user.username if user is not None else ""
    if role in Role.values and role not in roles_for(user, by):
        refuse(by=by, kind=kind, target=target, role=role)
    if not in_scope(region_code, by) and Region.objects.filter(pk=region_code).exists():
        refuse(by=by, kind=kind, target=target, region=region_code)


def _check_reach(
    *, by: User, kind: str, user: User | None, role: str, region: Region, target: str
) -> None:
    if user is not None and not manageable(by).filter(pk=user.pk).exists():
        refuse(by=by, kind=kind, target=target)
    if role not in roles_for(user, by):
        refuse(by=by, kind=kind, target=target, role=role)
    if not in_scope(region.pk, by):
        refuse(by=by, kind=kind, target=target, region=region.pk)


def create_account(
    *, username: str, display_name: str, role: str, region: Region, by: User
) -> tuple[User, str]:
    """A new account and its one-time password, which is shown once and kept nowhere.

    Raises NotAllowed, or ValidationError for a user name that is taken or malformed.
    """
    _check_reach(by=by, kind="开设账号", user=None, role=role, region=region, target=username)
    return open_account(
        username=username, display_name=display_name, role=role, region=region, by=by
    )


@transaction.atomic
def open_account(
    *, username: str, display_name: str, role: str, region: Region, by: User | None
) -> tuple[User, str]:
    """The account itself, without asking whose reach it is in (the command line's way)."""
    password = one_time_password()
    user = User.objects.create_user(
        username,
        password,
        role=role,
        region=region,
        display_name=display_name,
        must_change_password=True,
        one_time_expires_at=timezone.now() + datetime.timedelta(hours=ONE_TIME_HOURS),
    )
    _record(kind="开设账号", user=user, by=by, role=role)
    return user, password


def change_account(*, user: User, display_name: str, role: str, region: Region, by: User) -> User:
    """Move an account to a region or role. Whoever is logged in with it must log in again."""
    _check_reach(by=by, kind="调整账号", user=user, role=role, region=region, target=user.username)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        before = {"role": user.role, "region": user.region_id}
        moved = before != {"role": role, "region": region.pk}
        user.display_name, user.role, user.region = display_name, role, region
        user.full_clean(exclude=["password"])
        user.save(update_fields=["display_name", "role", "region"])
        if moved:
            end_sessions(user)
        _record(kind="调整账号", user=user, by=by, before=before, role=role)
    return user


def reset_password(*, user: User, reason: str, by: User) -> str:
    """A new one-time password, shown once; the old password and every session end.

    Who typed the old one wrong five times need not wait to use it.
    """
    _check_reach(
        by=by,
        kind="重置密码",
        user=user,
        role=user.role,
        region=_region(user),
        target=user.username,
    )
    password = one_time_password()
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        user.set_password(password)
        user.must_change_password = True
        user.one_time_expires_at = timezone.now() + datetime.timedelta(hours=ONE_TIME_HOURS)
        user.save(update_fields=["password", "must_change_password", "one_time_expires_at"])
        end_sessions(user)
        forget_failures(user.username)
        _record(kind="重置密码", user=user, by=by, reason=reason)
    return password


def disable_account(*, user: User, reason: str, by: User) -> None:
    """停用: the account stays for the record, its sessions and tokens end at once."""
    _switch(user=user, by=by, kind="停用账号", is_active=False, reason=reason)


def enable_account(*, user: User, reason: str, by: User) -> None:
    _switch(user=user, by=by, kind="启用账号", is_active=True, reason=reason)


def _switch(*, user: User, by: User, kind: str, is_active: bool, reason: str) -> None:
    _check_reach(
        by=by, kind=kind, user=user, role=user.role, region=_region(user), target=user.username
    )
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        user.is_active = is_active
        user.save(update_fields=["is_active"])
        end_sessions(user)
        _record(kind=kind, user=user, by=by, reason=reason)


def disable_dormant() -> int:
    """停用 accounts that nobody used for DORMANT_DAYS (GB/T 22239 8.1.4.2: surplus accounts).

    Time counts from the last log-in, the opening or the last 启用. Workers look in when
    they need to and keep their accounts. Returns how many were closed.
    """
    since = timezone.now() - datetime.timedelta(days=settings.DORMANT_DAYS)
    opened = SecurityEvent.objects.filter(
        kind="启用账号", target=OuterRef("username"), at__gte=since
    )
    asleep = User.objects.filter(is_active=True, created_at__lt=since).exclude(role=Role.WORKER)
    asleep = asleep.exclude(last_login__gte=since).exclude(Exists(opened))
    closed = list(asleep) if settings.DORMANT_DAYS else []
    for user in closed:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(is_active=False)
            end_sessions(user)
            reason = f"{settings.DORMANT_DAYS} 天没有登录，自动停用"
            _record(kind=DORMANT, user=user, by=None, reason=reason)
    return len(closed)


def was_dormant() -> Q:
    """The condition of accounts whose last closing was for disuse."""
    closings = SecurityEvent.objects.filter(
        kind__in=(DORMANT, "停用账号"), target=OuterRef("username")
    )
    last = Subquery(closings.order_by("-pk").values("kind")[:1])
    return Q(is_active=False) & Q(Exact(last, DORMANT))


@transaction.atomic
def read_notice(*, user: User) -> None:
    """She was shown the notice in force and says so (PIPL 17 and 35)."""
    user.notice_version, user.notice_at = NOTICE_VERSION, timezone.now()
    user.save(update_fields=["notice_version", "notice_at"])
    _record(kind="阅读处理规则", user=user, by=user, notice=NOTICE_VERSION)


def end_sessions(user: User) -> None:
    """Nobody stays logged in with this account, by page or by token."""
    Session.objects.filter(session_key=user.session_key).delete()
    # Older sessions have other keys: from now on none of them is the one that counts.
    User.objects.filter(pk=user.pk).update(session_key=NO_SESSION)
    user.session_key = NO_SESSION
    ApiToken.objects.filter(user=user).delete()


def forget_failures(*names: str) -> None:
    """Tries under these names count no more: the password they were about is gone."""
    counted = [counted_name(None, {"username": name}) for name in names]
    AccessAttempt.objects.filter(username__in=counted).delete()


def create_token(*, user: User, purpose: str, days: int) -> str:
    """A token of one's own, shown once; only its hash is kept."""
    if days not in TOKEN_DAYS:
        raise ValidationError("请选择令牌的有效期。")
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        now = timezone.now()
        if ApiToken.objects.filter(user=user, expiry__gt=now).count() >= TOKENS_MAX:
            raise ValidationError(f"最多同时有 {TOKENS_MAX} 个有效的令牌，请先撤销不用的。")
        _, token = ApiToken.objects.create(
            user=user, expiry=datetime.timedelta(days=days), purpose=purpose
        )
        _record(kind="申请接口令牌", user=user, by=user, purpose=purpose, days=days)
    return str(token)


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User) -> None:
    purpose, user = token.purpose, token.user
    token.delete()
    _record(kind="撤销接口令牌", user=user, by=by, purpose=purpose)


def _region(user: User) -> Region:
    if user.region is None:
        raise NotAllowed("社会工作者的账号在人员页面管理。")
    return user.region


def _record(*, kind: str, user: User, by: User | None, **detail: Any) -> None:
    SecurityEvent.record(
        kind=kind, actor=by, target=user.username, region_code=user.region_id or "", **detail
    )
