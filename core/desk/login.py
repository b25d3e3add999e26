"""Log-in, log-out and the forced change of a one-time password."""

import datetime
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.contrib.auth.views import LoginView as DjangoLoginView
from django.contrib.auth.views import PasswordChangeView as DjangoPasswordChangeView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator

from core.accounts.backend import WRONG, account_of, address_is_exhausted
from core.accounts.clients import client_address
from core.accounts.models import User
from core.accounts.passwords import expires_at, in_words
from core.audit.models import SecurityEvent
from core.entities.forms.fields import say_what_is_missing
from core.text import normalise
from core.web.middleware import LAST_SEEN, STARTED, way_back

# From then on each log-in says that the password has to be changed soon.
WARN_BEFORE = datetime.timedelta(days=7)


class LoginForm(AuthenticationForm):
    """User name and password; one sentence for every way to be wrong."""

    error_messages = {"invalid_login": WRONG, "inactive": WRONG}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "用户名"
        self.fields["username"].widget.attrs |= {"autocomplete": "username"}
        self.fields["password"].label = "密码"
        say_what_is_missing(self.fields)

    def clean_username(self) -> str:
        return normalise(self.cleaned_data["username"]).lower()


class LoginView(DjangoLoginView):
    template_name = "registration/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    @property
    def is_over_a_form(self) -> bool:
        """Asked for by static/js/session.js, in a dialog over what somebody is filling in."""
        return self.request.headers.get("HX-Target") == "login-place"

    @method_decorator(login_not_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.is_over_a_form and request.user.is_authenticated:
            # In another window meanwhile.
            return self._on_with_the_form()
        return super().dispatch(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        return ["registration/login_dialog.html"] if self.is_over_a_form else [self.template_name]

    def get_form_kwargs(self) -> dict[str, Any]:
        given: dict[str, Any] = super().get_form_kwargs()
        # The form below may have a field of that name.
        return given | {"auto_id": "login_%s"} if self.is_over_a_form else given

    @staticmethod
    def _on_with_the_form() -> HttpResponse:
        return HttpResponse(status=204, headers={"HX-Trigger": "logged-in"})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A piece of a page that was asked for in vain sends the whole page to the log-in."""
        if request.headers.get("HX-Request") and not self.is_over_a_form:
            back = urlencode({"next": way_back(request)})
            return HttpResponse(headers={"HX-Redirect": f"{request.path}?{back}"})
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if address_is_exhausted(request):
            form = LoginForm(request, initial={"username": request.POST.get("username", "")[:40]})
            return self.render_to_response(self.get_context_data(form=form, error=WRONG))
        return super().post(request, *args, **kwargs)

    def get_redirect_url(self) -> str:
        """Only an address of our own from the root: anything else leads home, the log-in too,
        which would send whoever is logged in to itself."""
        url = super().get_redirect_url()
        return url if url.startswith("/") and urlsplit(url).path != self.request.path else ""

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        user: Any = form.get_user()
        session = self.request.session
        session.pop("logged_out_because", None)
        session[STARTED] = session[LAST_SEEN] = int(time.time())
        # A second login ends the first: only this session counts from now on. The other one
        # stays for core.web.middleware.SessionRulesMiddleware to say so.
        User.objects.filter(pk=user.pk).update(session_key=session.session_key)
        self._record("登录", user, actor=user)
        self._warn(user)
        return self._on_with_the_form() if self.is_over_a_form else response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """A wrong try stands in the log, whether there is such an account or not."""
        given = getattr(form, "cleaned_data", {})
        if given.get("username") and given.get("password"):
            self._record("登录失败", account_of(given["username"]))
        return super().form_invalid(form)

    def _record(self, kind: str, user: User | None, *, actor: User | None = None) -> None:
        """Of an unknown account nothing typed is kept: it might be a password."""
        detail = {"address": client_address(self.request) or ""}
        if getattr(self.request, "axes_locked_out", False):
            detail["attempt"] = "连续错误过多，暂停登录"
        with transaction.atomic():
            SecurityEvent.record(
                kind=kind,
                actor=actor,
                target=user.username if user else "（没有这个账号）",
                region_code=(user.region_id if user else "") or "",
                **detail,
            )

    def _warn(self, user: User) -> None:
        """Say in time when the password has to be changed."""
        end, now = expires_at(user), timezone.now()
        if end is not None and now < end < now + WARN_BEFORE:
            day = timezone.localtime(end).strftime("%Y-%m-%d")
            words = f"您的密码 {day} 到期，可以现在就在右上角「修改密码」中更换。"
            messages.info(self.request, words)


class NewPasswordForm(SetPasswordForm):
    """A new password, typed twice; the old one was just used to log in."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["new_password1"].help_text = in_words(user)
        say_what_is_missing(self.fields)

    def clean_new_password1(self) -> str:
        password = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise forms.ValidationError("新密码不能与现在的密码相同。")
        return str(password)

    def validate_password_for_user(self, user: User, password_field_name: str = "") -> None:
        """A complaint stands at the field where it is mended, not at the repetition."""
        super().validate_password_for_user(user, "new_password1")


class OwnPasswordForm(NewPasswordForm, PasswordChangeForm):
    """The same by one's own wish, with the old password asked again."""


class PasswordChangeView(DjangoPasswordChangeView):
    template_name = "registration/password_change.html"
    success_url = reverse_lazy("home")

    def get_form_class(self) -> type[forms.Form]:
        user = self.request.user
        return NewPasswordForm if user.must_change_password else OwnPasswordForm

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        user = form.user
        user.must_change_password = False
        user.one_time_expires_at = None
        user.password_changed_at = timezone.now()
        form.save()
        SecurityEvent.record(kind="修改密码", actor=user, target=user.username)
        update_session_auth_hash(self.request, user)
        User.objects.filter(pk=user.pk).update(session_key=self.request.session.session_key)
        messages.success(self.request, "密码已修改，下次请用新密码登录。")
        return HttpResponse(status=302, headers={"Location": str(self.success_url)})
