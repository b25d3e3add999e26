"""Password rules beyond Django's own (GB/T 22239 8.1.4.1: complexity and age; ADR 0016)."""

import re
import secrets
import string
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

_CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
# Without look-alikes: it is read aloud and typed from paper.
_READABLE = "".join(c for c in string.ascii_letters + string.digits if c not in "Il1O0o")


# What people here put digits and signs around (ASVS 6.2.11).
_WORDS_HERE = frozenset(
    "admin guizhou guiyang mima minzheng password qwerty shegong shehuigongzuo welcome".split()
)


def least_length(user: Any) -> int:
    """Who sees nothing but the own record may be shorter."""
    return 10 if user is not None and user.is_worker else 12


def in_words(user: Any) -> str:
    """The rules as they stand beside the field of a new password."""
    return (
        f"至少 {least_length(user)} 位，包含小写字母、大写字母、数字、符号中的至少三类，"
        "不用常见的词。"
    )


class LengthValidator:
    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < least_length(user):
            words = f"密码太短，至少要 {least_length(user)} 位。"
            raise ValidationError(words, code="password_too_short")

    def get_help_text(self) -> str:
        return in_words(None)


class WellKnownValidator(CommonPasswordValidator):
    """Django's list, and the words of this place with digits and signs around them."""

    def validate(self, password: str, user: Any = None) -> None:
        super().validate(password, user)
        if re.sub(r"[^a-z]", "", password.lower()) in _WORDS_HERE:
            raise ValidationError(
                "这个密码太常见，容易被猜到，请换一个。", code="password_too_common"
            )


class ThreeClassesValidator:
    """At least three of lower case, upper case, digits and other characters."""

    def validate(self, password: str, user: Any = None) -> None:
        if sum(bool(re.search(c, password)) for c in _CLASSES) < 3:
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self) -> str:
        return "密码须包含小写字母、大写字母、数字、符号中的至少三类。"


def expires_at(user: Any) -> datetime | None:
    """When a password has to be changed; None for workers, and where PASSWORD_DAYS is 0."""
    if user.is_worker or not settings.PASSWORD_DAYS:
        return None
    since: datetime = user.password_changed_at or user.created_at
    return since + timedelta(days=settings.PASSWORD_DAYS)


def one_time_password() -> str:
    """A random password of 12 readable characters that passes every rule."""
    while True:
        body = "".join(secrets.choice(_READABLE) for _ in range(11))
        password = body[:6] + "-" + body[6:]
        if sum(bool(re.search(c, password)) for c in _CLASSES) == 4:
            return password
