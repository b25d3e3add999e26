"""What happens around every request: headers, sessions, who is acting, no blank 500."""

import logging
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, middleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from core.accounts import passwords
from core.accounts import privacy as notice
from core.audit.history import acting
from core.database import database_is_lost
from core.secrecy.numbers import without_numbers
from core.web.errors import (
    bad_request,
    is_program,
    service_unavailable,
    wrong_method,
)

Handler = Callable[[HttpRequest], HttpResponse]
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
LAST_SEEN, STARTED = "last_seen", "started"
# Where one may go before the first things are done.
ALWAYS_OPEN = frozenset({"password_change", "notice", "notice_read", "logout"})
logger = logging.getLogger(__name__)


class ServiceUnavailableMiddleware:
    """A lost database is a friendly 503 with Retry-After.

    Views are answered here; a middleware that lost it (sessions) by core.web.errors.server_error.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if database_is_lost(exception):
            logger.error("database lost: %s on %s", type(exception).__name__, request.path)
            return service_unavailable(request)
        return None


class WrongMethodMiddleware:
    """An address that only takes what is sent is opened by a reloaded tab or a log-in."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or is_program(request):
            return response
        return wrong_method(request, allowed=response.headers["Allow"])


class UnreadableInputMiddleware:
    """NUL in an address or a form is a 400: no keyboard types it and PostgreSQL refuses it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        given = [request.GET, request.POST] if request.method in WRITES else [request.GET]
        texts = (text for query in given for name in query for text in (name, *query.getlist(name)))
        return bad_request(request) if any("\0" in text for text in texts) else None


class NumbersInAddressMiddleware:
    """No ID number or phone in an address, neither one asked for nor one we lead to (T34)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name in ("Location", "HX-Redirect"):
            if name in response.headers:
                response.headers[name] = without_numbers(response.headers[name])
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        address = request.get_full_path()
        plain = without_numbers(address) if request.method not in WRITES else address
        if plain == address:
            return None
        if is_program(request):
            return bad_request(request)
        if not request.headers.get("HX-Request"):
            messages.info(request, "网址里不留证件号码和电话，这个条件没有采用。")
        return HttpResponseRedirect(plain)


class SecurityHeadersMiddleware:
    """Nothing but static files may be kept by a browser or a proxy."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_file = request.path.startswith(settings.STATIC_URL) and response.status_code < 400
        if not is_file:
            response.headers.setdefault("Cache-Control", "no-store, private")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        return response


class SessionRulesMiddleware:
    """Idle exit, a longest life, one session an account. Polling keeps no session alive."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated:
            now = int(time.time())
            last = request.session.get(LAST_SEEN, now)
            if now - last > settings.SESSION_IDLE_MINUTES * 60:
                return self._out(request, "您已较长时间没有操作，请重新登录。")
            if now - request.session.get(STARTED, now) > settings.SESSION_COOKIE_AGE:
                return self._out(request, "登录已超过 8 小时，请重新登录。")
            if user.session_key and user.session_key != request.session.session_key:
                return self._out(request, "您的账号已在别处登录或已被管理员调整，这里已退出。")
            polling = request.headers.get("X-Polling") == "1"
            # Once a minute is enough, and spares a write a request.
            if (not polling and now - last >= 60) or LAST_SEEN not in request.session:
                request.session[LAST_SEEN] = now
                request.session.setdefault(STARTED, now)
        return self.get_response(request)

    @staticmethod
    def _out(request: HttpRequest, message: str) -> HttpResponse:
        logout(request)
        request.session["logged_out_because"] = message
        back = urlencode({"next": without_numbers(way_back(request))})
        return go_to(request, f"{reverse(settings.LOGIN_URL)}?{back}")


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """After the log-in one is back on the page whose button was pressed in vain."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        return redirect_to_login(way_back(request), self.get_login_url(view_func))


class ActingUserMiddleware:
    """Every row written by a request carries its user in the history."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in WRITES:
            return self.get_response(request)
        user = request.user if request.user.is_authenticated else None
        with acting(user):
            return self.get_response(request)


class FirstThingsMiddleware:
    """What comes before any work: an own password that is not outdated, the notice in force.

    The age of a password counts at the log-in: nobody loses a half-filled form to it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        name = match.view_name if match else ""
        if name in ALWAYS_OPEN or not request.user.is_authenticated:
            return None
        if words := self._about_password(request):
            messages.info(request, words)
            return go_to(request, reverse("password_change"))
        return go_to(request, reverse("notice")) if notice.is_due(request.user) else None

    @staticmethod
    def _about_password(request: HttpRequest) -> str:
        """Why the password has to be changed first, "" when it has not."""
        user: Any = request.user
        if user.must_change_password:
            return "请先设置您自己的密码，再继续使用。"
        end = passwords.expires_at(user)
        if end is None or end.timestamp() > request.session[STARTED]:
            return ""
        return (
            f"您的密码已超过 {settings.PASSWORD_DAYS} 天没有更换。按网络安全等级保护的要求，"
            "请先换一个新密码，再继续使用。"
        )


def way_back(request: HttpRequest) -> str:
    """The page that a log-in leads back to: what was sent or fetched by it is no page."""
    is_piece = "HX-Request" in request.headers
    if request.method not in WRITES and not is_piece:
        return request.get_full_path()
    page = request.headers.get("HX-Current-URL" if is_piece else "Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return "/"
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}".rstrip("?")


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """The whole page goes there, also when only a piece of it was asked for."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=200, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
