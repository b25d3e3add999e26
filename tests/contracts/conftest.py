"""Sweeps send thousands of requests: each of the cast logs in once a test, by one row."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django.utils.crypto import get_random_string

BACKEND = "core.accounts.backend.RegistryBackend"


def session_of(user: Any) -> str:
    """The key of a new session; what else a log-in does is tested where it is about it."""
    said = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: BACKEND,
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    session = Session(
        session_key=get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789"),
        session_data=SessionStore().encode(said),
        expire_date=timezone.now() + datetime.timedelta(hours=1),
    )
    session.save(force_insert=True)
    return session.session_key


@pytest.fixture
def client_of() -> Callable[[Any], Client]:
    """A client of its own with the session that the user has in this test (none for anonymous)."""
    keys: dict[Any, str] = {}

    def log_in(user: Any) -> Client:
        client = Client()
        if user.is_authenticated:
            if user.pk not in keys:
                keys[user.pk] = session_of(user)
            client.cookies[settings.SESSION_COOKIE_NAME] = keys[user.pk]
        return client

    return log_in
