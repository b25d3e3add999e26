"""What a worker fills in herself: the first log-in, the contact."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from core.accounts.passwords import in_words
from core.accounts.roles import Role
from core.entities.forms.fields import PlainForm
from core.models import User
from core.secrecy.identity import clean_phone
from talent.people.models import Person

WRONG_CODE = (
    "证件号码或激活码不正确，或激活码已失效、已用过、试错次数过多。"
    "请核对后再试；多次不成功请 30 分钟后再试，"
    "或请所在县（市、区）的录入员或审核员重新给一张激活码。"
)

# Whose password is set before there is an account.
_WORKER = User(role=Role.WORKER)


class ContactForm(PlainForm):
    """Phone and address of the own record. A phone that is left empty stays; another one is
    read back before it is saved: `seen` is the number that was shown."""

    phone = forms.CharField(
        label="联系电话",
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    address = forms.CharField(label="通讯地址", max_length=100, required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, initial={"address": person.address}, **kwargs)
        self.person = person
        phone, kind = self.fields["phone"], "手机号，或带区号的座机号。"
        phone.required = not person.phone
        kept = f"现在登记的是 {person.masked_phone}，不修改请留空。" if person.phone else ""
        phone.help_text = f"{kept}{kind}"

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"]) or str(self.person.phone)

    @property
    def to_read_back(self) -> str:
        """The phone that replaces another, in groups, while it has not been shown."""
        if not self.is_valid() or not self.person.phone:
            return ""
        phone = self.cleaned_data["phone"]
        if phone in {self.person.phone, self.cleaned_data["seen"]}:
            return ""
        # What is sent next has been seen.
        self.data = {**self.data.dict(), "seen": phone, "phone": phone}
        return f"{phone[:3]} {phone[3:7]} {phone[7:]}"


class ActivateForm(PlainForm):
    id_number = forms.CharField(
        label="证件号码",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "mono-input"}),
    )
    code = forms.CharField(
        label="激活码",
        max_length=20,
        help_text="纸条上的 10 位字母和数字。",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "class": "mono-input"}),
    )
    password = forms.CharField(
        label="设置密码",
        max_length=128,
        help_text=in_words(_WORKER),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再输入一次密码",
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, _WORKER)
        return str(password)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("password") and cleaned.get("again") != cleaned["password"]:
            self.add_error("again", "两次输入的密码不一致。")
        return cleaned
