"""Error pages: a sentence in Chinese and what to do next, never a traceback."""

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from core.database import database_is_lost, is_conflict

_SENTENCES = {
    400: "请求有误：网址里不能有证件号码、电话或看不见的字符，内容不能残缺或太大，请检查后重试。",
    403: "您没有权限，或页面已过期。",
    404: "没有找到这个地址。",
    409: "刚有人同时办理同一件事，这一次没有保存，请核对后再试。",
    500: "系统出错，已记录，请稍后再试。",
    503: "服务暂时不可用，请稍后再试。",
}


def is_program(request: HttpRequest) -> bool:
    """Whether a program asks, which reads JSON, and not a person."""
    return request.path.startswith("/api/")


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """An error page without context processors: it must not need the database.

    Programs that use the API get the sentence alone.
    """
    if is_program(request):
        body = {"detail": _SENTENCES[status]}
        return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    return HttpResponse(render_to_string(template, {"path": request.path}), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "403.html", 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, "403_csrf.html", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "404.html", 404)


def wrong_method(request: HttpRequest, *, allowed: str) -> HttpResponse:
    response = _page(request, "405.html", 405)
    response["Allow"] = allowed
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """A failure; where the cause is a lost database it is said as such (503)."""
    error = sys.exc_info()[1]
    if is_conflict(error):
        return _page(request, "409.html", 409)
    if database_is_lost(error):
        return service_unavailable(request)
    return _page(request, "500.html", 500)


def refused(status: int) -> HttpResponse:
    """The page of what the web server does not hand on; it knows no more than the status."""
    template = {414: "414.html", 431: "431.html"}.get(status)
    template = template or ("400.html" if status < 500 else "500.html")
    response = HttpResponse(render_to_string(template), status=status)
    add_never_cache_headers(response)
    return response


def service_unavailable(request: HttpRequest) -> HttpResponse:
    response = _page(request, "503.html", 503)
    response["Retry-After"] = "30"
    return response
