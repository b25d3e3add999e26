"""Pages of accounts: those one manages, and one's own."""

from __future__ import annotations

from typing import Any

from axes.models import AccessAttempt
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.generic import TemplateView

from core.accounts import actions as accounts
from core.accounts.models import User
from core.accounts.tokens import ApiToken
from core.audit.history import acting
from core.audit.models import SecurityEvent
from core.desk.account_forms import AccountForm, AccountReasonForm, TokenForm

PER_PAGE = 30
# verb -> (label, what follows, may the record be in this state)
VERBS: dict[str, tuple[str, str, Any]] = {
    "reset": (
        "重置密码",
        "原密码立即失效，已登录的会话和接口令牌全部退出。新的一次性密码只显示一次，24 小时内有效。",
        lambda account: account.is_active,
    ),
    "disable": (
        "停用账号",
        "账号立即退出，不能再登录；已有的操作记录保留。",
        lambda account: account.is_active,
    ),
    "enable": ("启用账号", "账号可以重新登录。", lambda account: not account.is_active),
}


def _require(request: HttpRequest) -> User:
    user: Any = request.user
    if not user.has_perm("core.manage_accounts"):
        raise PermissionDenied
    return user


def _account(request: HttpRequest, pk: Any) -> User:
    """An account in reach: 404 otherwise, the own one included."""
    account = accounts.manageable(_require(request)).select_related("region").filter(pk=pk).first()
    if account is None:
        raise Http404
    return account


@require_GET
def account_detail(request: HttpRequest, pk: Any) -> HttpResponse:
    if pk == request.user.pk:
        return HttpResponseRedirect(reverse("account_own"))
    account = _account(request, pk)
    verbs = [(verb, label) for verb, (label, _, when) in VERBS.items() if when(account)]
    events = SecurityEvent.objects.filter(target=account.username).select_related("actor")[:30]
    context = {"account": account, "verbs": verbs, "events": events, "now": timezone.now()}
    return render(request, "accounts/detail.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def account_create(request: HttpRequest) -> HttpResponse:
    user = _require(request)
    # Nobody gets the whole province because a field was left as it came.
    initial = {"region": user.region_id} if user.region.level > 1 else {}
    form = AccountForm(request.POST or None, user=user, initial=initial)
    if request.method == "POST":
        _guard(request, user, "开设账号", None)
        if form.is_valid():
            account, password = accounts.create_account(**form.cleaned_data, by=user)
            return _show_password(request, account, password, "账号已开设")
    return _form(request, form, "新增账号", status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def account_edit(request: HttpRequest, pk: Any) -> HttpResponse:
    account, user = _account(request, pk), _require(request)
    initial = {
        "display_name": account.display_name, "role": account.role, "region": account.region_id
    }  # fmt: skip
    form = AccountForm(request.POST or None, user=user, account=account, initial=initial)
    if request.method == "POST":
        _guard(request, user, "调整账号", account)
        if form.is_valid():
            accounts.change_account(user=account, **form.cleaned_data, by=user)
            messages.success(request, f"已调整账号「{account.username}」。")
            return HttpResponseRedirect(reverse("account_detail", args=[account.pk]))
    return _form(request, form, "调整账号", account=account, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def account_act(request: HttpRequest, pk: Any, verb: str) -> HttpResponse:
    account, user = _account(request, pk), _require(request)
    label, consequence, when = VERBS.get(verb) or ("", "", lambda _: False)
    if not when(account):
        raise Http404
    form = AccountReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        with acting(user, reason=reason):
            if verb == "reset":
                password = accounts.reset_password(user=account, reason=reason, by=user)
                return _show_password(request, account, password, "密码已重置")
            act = accounts.disable_account if verb == "disable" else accounts.enable_account
            act(user=account, reason=reason, by=user)
        messages.success(request, f"已办理「{label}」：{account.username}。")
        return HttpResponseRedirect(reverse("account_detail", args=[account.pk]))
    return _form(
        request,
        form,
        label,
        account=account,
        consequence=consequence,
        is_serious=verb != "enable",
        status=422 if form.is_bound else 200,
    )


def _guard(request: HttpRequest, user: User, kind: str, account: User | None) -> None:
    accounts.guard_submission(
        by=user,
        kind=kind,
        user=account,
        role=request.POST.get("role", ""),
        region_code=request.POST.get("region", "")[:12],
    )


def _form(
    request: HttpRequest, form: Any, title: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    return render(
        request, "accounts/form.html", {"form": form, "title": title, **context}, status=status
    )


def _show_password(request: HttpRequest, account: User, password: str, title: str) -> HttpResponse:
    """The one answer that holds the one-time password; it is kept nowhere."""
    account.refresh_from_db(fields=["one_time_expires_at"])
    context = {"account": account, "password": password, "title": title}
    return render(request, "accounts/password.html", context)


# --- One's own account ---------------------------------------------------------------------


@login_not_required
@never_cache
@require_GET
def account_session(request: HttpRequest) -> HttpResponse:
    """Who is logged in, and the token that forms need: asked before typed work is sent."""
    return JsonResponse({"user": str(request.user.pk or ""), "token": get_token(request)})


@require_GET
def account_own(request: HttpRequest) -> HttpResponse:
    return _own(request, TokenForm())


def _own(request: HttpRequest, form: TokenForm, **extra: Any) -> HttpResponse:
    user: Any = request.user
    events = SecurityEvent.objects.filter(target=user.username).select_related("actor")
    tries = AccessAttempt.objects.filter(username=user.username).order_by("-attempt_time")
    context = {
        "form": form,
        "tokens": ApiToken.objects.for_user(user).filter(expiry__gt=timezone.now()),
        "may_use_api": user.has_record_scope,
        "logins": events.filter(kind="登录")[:10],
        "events": events.exclude(kind="登录")[:10],
        "failures": tries[:5],
        **extra,
    }
    return render(request, "accounts/own.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
def token_create(request: HttpRequest) -> HttpResponse:
    """The answer shows the token, once."""
    user: Any = request.user
    if not user.has_record_scope:
        raise PermissionDenied
    form = TokenForm(request.POST)
    if form.is_valid():
        try:
            token = accounts.create_token(user=user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _own(request, TokenForm(), new_token=token)
    return _own(request, form)


@require_POST
def token_revoke(request: HttpRequest, public_id: Any) -> HttpResponse:
    token = ApiToken.objects.for_user(request.user).filter(public_id=public_id).first()
    if token is None:
        raise Http404
    user: Any = request.user
    accounts.revoke_token(token=token, by=user)
    messages.success(request, f"已撤销令牌「{token.purpose}」。")
    return HttpResponseRedirect(reverse("account_own"))


class ApiDocumentView(TemplateView):
    """The API's description for people, from files of our own, without inline scripts."""

    template_name = "accounts/api_docs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        if not (user.has_record_scope or user.is_worker):
            raise PermissionDenied
        return super().get_context_data(**kwargs)
