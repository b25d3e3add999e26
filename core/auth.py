"""Log-in: passwords against the account, one-time passwords with their expiry.

Attempts are counted by django-axes in the database, on the pair of account and address.
"""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core.models import User

WRONG = "用户名或密码不正确，或账号暂时不能登录。连续 5 次错误后须等待 30 分钟。"


class RegistryBackend(BaseBackend):
    """Checks a password; the time taken is the same for unknown users."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **kwargs: Any
    ) -> User | None:
        user = User.objects.filter(username=username.strip().lower()).first() if username else None
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


def locked_out(
    request: HttpRequest, credentials: Any = None, *args: Any, **kwargs: Any
) -> HttpResponse:
    """The answer to a locked pair: the same words as for a wrong password."""
    from core.login import LoginForm

    form = LoginForm(request)
    return render(
        request, "registration/login.html", {"form": form, "locked": True, "error": WRONG}
    )
