"""Password rules beyond Django's own (GB/T 22239 8.1.4.1: complexity)."""

import re
import secrets
import string
from typing import Any

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError

_CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
# Without look-alikes: it is read aloud and typed from paper.
_READABLE = "".join(c for c in string.ascii_letters + string.digits if c not in "Il1O0o")


class LengthValidator(MinimumLengthValidator):
    """Django's rule in Chinese: its own catalogue lacks the sentence."""

    def get_error_message(self) -> str:
        return f"密码太短，至少要 {self.min_length} 位。"

    def get_help_text(self) -> str:
        return f"密码至少 {self.min_length} 位。"


class ThreeClassesValidator:
    """At least three of lower case, upper case, digits and other characters."""

    def validate(self, password: str, user: Any = None) -> None:
        if sum(bool(re.search(c, password)) for c in _CLASSES) < 3:
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self) -> str:
        return "密码须包含小写字母、大写字母、数字、符号中的至少三类。"


def one_time_password() -> str:
    """A random password of 12 readable characters that passes every rule."""
    while True:
        body = "".join(secrets.choice(_READABLE) for _ in range(11))
        password = body[:6] + "-" + body[6:]
        if sum(bool(re.search(c, password)) for c in _CLASSES) == 4:
            return password
