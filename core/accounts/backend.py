"""Log-in: passwords against the account, one-time passwords with their expiry.

Attempts are counted by django-axes in the database, on the pair of account and address.
"""

import datetime
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.accounts.clients import client_address
from core.accounts.models import User
from core.accounts.roles import Role
from core.secrecy.crypto import blind_index
from core.secrecy.identity import clean_id_number
from core.text import normalise

WRONG = "用户名或密码不正确，或账号暂时不能登录。连续 5 次错误后须等待 30 分钟。"


def account_of(name: str) -> User | None:
    """The account of a user name, or of a worker who typed the own ID number instead."""
    cleaned = clean_id_number(name)
    if len(cleaned) >= 15 and sum(c.isdigit() for c in cleaned) >= 8:
        index = blind_index(cleaned, purpose="id_number")
        if worker := User.objects.filter(person__id_index=index, role=Role.WORKER).first():
            return worker
    # A user name may be as long and hold a phone number.
    return User.objects.filter(username=name.strip().lower()).first()


class RegistryBackend(BaseBackend):
    """Checks a password; the time taken is the same for unknown users."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **kwargs: Any
    ) -> User | None:
        user = account_of(username) if username else None
        if user is None:
            User().set_password(password)
            return None
        if not user.check_password(password) or not user.is_active:
            return None
        if user.one_time_expires_at and user.one_time_expires_at < timezone.now():
            return None
        return user

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.select_related("region").filter(pk=user_id, is_active=True).first()


def counted_name(request: HttpRequest | None, credentials: Any = None) -> str:
    """The name by which attempts are counted: an ID number only as its blind index.

    However a number is spelled, it is cleaned as `account_of` does: one account, one count.
    """
    given = (credentials or {}).get("username")
    if given is None and request is not None:
        given = request.POST.get("username", "")
    cleaned = clean_id_number(str(given or ""))
    if sum(c.isdigit() for c in cleaned) >= 8:
        return "#" + blind_index(cleaned, purpose="login").hex()[:32]
    return normalise(str(given or "")).lower()[:255]


def address_is_exhausted(request: HttpRequest) -> bool:
    """Whether one address has failed so often, with whatever names, that it must wait."""
    address = client_address(request)
    if address is None:
        return False
    since = timezone.now() - datetime.timedelta(hours=settings.AXES_COOLOFF_TIME)
    failures = AccessAttempt.objects.filter(ip_address=address, attempt_time__gte=since).aggregate(
        total=Sum("failures_since_start")
    )
    return (failures["total"] or 0) >= settings.LOGIN_ADDRESS_LIMIT


def locked_out(request: HttpRequest, response: HttpResponse, credentials: Any) -> HttpResponse:
    """The answer to a locked pair is that to a wrong password, to the letter."""
    return response
