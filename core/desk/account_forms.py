"""Forms of accounts: choices are only what the one who fills them in may grant."""

from __future__ import annotations

from typing import Any

from django import forms

from core.accounts.actions import TOKEN_DAYS, roles_for
from core.accounts.models import User
from core.entities.forms.fields import FreeTextField, PlainForm, RegionField, TextField
from core.regions.models import Region
from core.text import normalise


class AccountForm(PlainForm):
    """Open or change an account. Role and region are narrowed to the actor's reach."""

    username = TextField(
        label="用户名",
        max_length=40,
        help_text="3 至 40 位小写字母、数字、点或横线，开设后不能改。一人一个账号，不共用。",
    )
    display_name = TextField(label="姓名", max_length=50, help_text="使用人的真实姓名。")
    role = forms.ChoiceField(label="角色", widget=forms.RadioSelect)
    region = RegionField(label="辖区", queryset=Region.objects.none())

    def __init__(self, *args: Any, user: User, account: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.fields["region"].bind_user(user)
        roles = roles_for(account, user)
        self.fields["role"].choices = [(r.value, r.label) for r in roles]
        if account is not None:
            del self.fields["username"]

    def clean_username(self) -> str:
        username = normalise(self.cleaned_data["username"]).lower()
        field: Any = User._meta.get_field("username")
        field.run_validators(username)
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError("这个用户名已有人用，请换一个。", code="taken")
        return username


class AccountReasonForm(PlainForm):
    """Why an account is reset, closed or opened again."""

    reason = FreeTextField(label="事由", max_length=200)


class TokenForm(PlainForm):
    purpose = TextField(label="用途", max_length=60, help_text="例如「县局报表程序每日取数」。")
    days = forms.TypedChoiceField(
        label="有效期",
        coerce=int,
        choices=[(d, f"{d} 天") for d in TOKEN_DAYS],
        initial=TOKEN_DAYS[0],
        widget=forms.RadioSelect,
    )
