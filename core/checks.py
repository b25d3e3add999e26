"""System checks: what must be true before the product starts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from core.crypto import parse_keys

_TOO_OBVIOUS = ("development", "change-me", "changeme", "secret", "example", "0011223344")


@register(Tags.security)
def secrets_are_set(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Production refuses to start with a missing or default secret."""
    errors: list[CheckMessage] = []
    for name, length in (("SECRET_KEY", 50), ("FIELD_KEYS", 34), ("BLIND_INDEX_KEY", 64)):
        value = getattr(settings, name)
        if not value:
            errors.append(Error(f"{name} is not set; see .env.example", id=f"core.E_{name}"))
        elif not settings.DEBUG and (
            len(value) < length or any(word in value.lower() for word in _TOO_OBVIOUS)
        ):
            errors.append(
                Error(f"{name} is too short or a default; see .env.example", id=f"core.E_{name}")
            )
    try:
        parse_keys(settings.FIELD_KEYS)
    except ImproperlyConfigured as error:
        errors.append(Error(str(error), id="core.E_FIELD_KEYS_FORMAT"))
    return errors
