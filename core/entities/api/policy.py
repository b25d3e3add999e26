"""Who the API lets in and how it says no: tokens, permissions, errors in Chinese.

Apart from core.entities.api.records because the REST framework reads its settings while it
is imported.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework import exceptions, parsers, status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.utils import json

from core.database import database_is_lost

_WORDS = {
    exceptions.NotAuthenticated: "请先登录，或在 Authorization 头中给出有效的接口令牌。",
    exceptions.AuthenticationFailed: "接口令牌无效、已过期或已撤销，请在「我的账号」中重新申请。",
    exceptions.MethodNotAllowed: "这个地址不支持该操作，接口除变更申请外只读。",
    exceptions.NotAcceptable: "接口只提供 JSON。",
    exceptions.UnsupportedMediaType: "请以 application/json 提交。",
    exceptions.ParseError: "提交的内容不是有效的 JSON，请检查格式。",
    exceptions.Throttled: "请求过于频繁，请稍后再试。",
    exceptions.NotFound: "没有找到，或不在您的辖区内。",
}
_TOO_LARGE = "内容里有超出范围的数字（如 1e999），请改成实际的数字，或加引号作为文字提交。"
_FORBIDDEN = "您的角色没有这项权限。"
_NOT_FROM_A_PAGE = "缺少提交凭证或凭证已过期：在网页中请刷新后重试，程序请用接口令牌。"


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error as {"detail": …, "fields": …} in Chinese; None leaves a 500 to Django."""
    if database_is_lost(error):
        return Response(
            {"detail": "服务暂时不可用，请稍后再试。"},
            status=status.HTTP_503_SERVICE_UNAVAILABLE,
            headers={"Retry-After": "30"},
        )
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, DjangoPermissionDenied):
        error = exceptions.PermissionDenied(str(error) or _FORBIDDEN)
    elif isinstance(error, DjangoValidationError):
        field = getattr(error, "field", "") or "detail"
        error = exceptions.ValidationError({field: error.messages})
    if not isinstance(error, exceptions.APIException):
        return None
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    return Response(_error_body(error), status=error.status_code, headers=headers)


def _error_body(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        detail = error.detail if isinstance(error.detail, dict) else {"detail": error.detail}
        return {"detail": "提交或查询的内容有误，请按提示修改。", "fields": _fields(detail)}
    if isinstance(error, exceptions.PermissionDenied):
        words = str(error.detail)
        if words.startswith("CSRF"):
            return {"detail": _NOT_FROM_A_PAGE}
        return {"detail": words if not words.isascii() else _FORBIDDEN}
    for kind, words in _WORDS.items():
        if isinstance(error, kind):
            return {"detail": words}
    return {"detail": "请求没有完成，请检查后重试。"}


def _fields(detail: Any, within: str = "") -> dict[str, list[str]]:
    """Sentences by field; one inside another is named by both ("changes.birth_date")."""
    found: dict[str, list[str]] = {}
    for name, messages in detail.items():
        # What concerns a whole value, or one of a list, is said of the value or the list.
        is_whole = within and (name == api_settings.NON_FIELD_ERRORS_KEY or isinstance(name, int))
        where = within if is_whole else f"{within}.{name}" if within else str(name)
        if isinstance(messages, dict):
            for inner, words in _fields(messages, where).items():
                found.setdefault(inner, []).extend(words)
        else:
            words = messages if isinstance(messages, list) else [messages]
            found.setdefault(where, []).extend(map(str, words))
    return found


class JSONParser(parsers.JSONParser):
    """A body nested deeper than Python can read is no usable JSON, null holds nothing, and a
    number too large for the computer (1e999) is none: as a text it would be kept as 「inf」."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            parsed = super().parse(*args, **kwargs)
            json.dumps(parsed)
        except RecursionError:
            raise exceptions.ParseError from None
        except ValueError:
            raise exceptions.ValidationError({"detail": [_TOO_LARGE]}) from None
        return {} if parsed is None else parsed


class TokenAuthentication(KnoxAuthentication):
    """A token whose user still has to change a one-time password opens nothing."""

    def authenticate_credentials(self, token: bytes) -> Any:
        try:
            user, auth_token = super().authenticate_credentials(token)
        except UnicodeDecodeError:
            raise exceptions.AuthenticationFailed from None
        if user.must_change_password:
            raise exceptions.AuthenticationFailed
        return user, auth_token


class RolePermission(BasePermission):
    """The role's permission for the view's model, or the one the view names."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user: Any = request.user
        if not user.is_authenticated:
            return False
        return bool(user.has_perm(view.permission_for(request)))


class StaffPermission(BasePermission):
    """Whoever may read something through the API may read its description."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user: Any = request.user
        return bool(user.is_authenticated and (user.has_record_scope or user.is_worker))
