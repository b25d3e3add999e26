"""System checks: what must be true before the product starts."""

import sys
from typing import Any

from celery.signals import beat_init, celeryd_after_setup
from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, transaction

from core.secrecy.crypto import DecryptionError, blind_index, parse_index_key, parse_keys
from core.secrecy.fields import BlindIndexField

# Fewer different characters than any random key has: a row of zeros, "abcabc…".
_VARIETY = 8
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
            len(value) < length
            or len(set(value)) < _VARIETY
            or any(word in value.lower() for word in _TOO_OBVIOUS)
        ):
            errors.append(
                Error(f"{name} is too short or a default; see .env.example", id=f"core.E_{name}")
            )
    for name, parse in (("FIELD_KEYS", parse_keys), ("BLIND_INDEX_KEY", parse_index_key)):
        try:
            parse(getattr(settings, name))
        except ImproperlyConfigured as error:
            errors.append(Error(str(error), id=f"core.E_{name}_FORMAT"))
    return errors


@register(Tags.database)
def keys_fit_the_data(
    app_configs: Any = None, databases: Any = ("default",), **kwargs: Any
) -> list[CheckMessage]:
    """Keys other than those the data was written with are refused (TRUST F30).

    A wrong field key can read nobody; a wrong index key would enter everybody twice.
    Django names no databases where a check should not ask any.
    """
    if not databases:
        return []
    indexes = [
        field
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, BlindIndexField)
    ]
    wrong = [str(field) for field in indexes if not _fits(field)]
    words = f"FIELD_KEYS or BLIND_INDEX_KEY is not the one that {', '.join(wrong)} was written with"
    return [Error(words, id="core.E_KEYS_OF_OTHER_DATA")] if wrong else []


def _fits(field: BlindIndexField) -> bool:
    """Whether a row, if there is one, is read and indexed by the present keys."""
    rows = field.model._base_manager.exclude(**{field.name: None})
    try:
        with transaction.atomic():
            found = list(rows.order_by().values_list(field.source, field.name)[:1])
    except DecryptionError:
        return False
    except DatabaseError:
        # No table yet, or no database: nothing that could be spoilt.
        return True
    return all(blind_index(text, purpose=field.purpose) == bytes(index) for text, index in found)


def refuse_to_start() -> None:
    """End the process when a secret is missing, a default, or that of other data."""
    # A malformed key cannot be tried on the data.
    errors = secrets_are_set(None) or keys_fit_the_data()
    if errors:
        sys.stderr.write("\n".join([*map(str, errors), ""]))
        # gunicorn gives up on this code, and starts workers for ever on any other.
        sys.exit(3)


@celeryd_after_setup.connect
@beat_init.connect
def check_secrets(**kwargs: Any) -> None:
    """A worker with a wrong key would write what nobody can read, and beat starts with it."""
    refuse_to_start()
