"""Sweeps send thousands of requests: each of the cast logs in once a test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client


@pytest.fixture
def client_of(client_of: Callable[[Any], Client]) -> Callable[[Any], Client]:
    """A client of its own with the session that the user has already in this test."""
    cookies: dict[Any, str] = {}
    name = settings.SESSION_COOKIE_NAME

    def log_in(user: Any) -> Client:
        if user.pk is None or user.pk not in cookies:
            client = client_of(user)
            if user.pk is not None:
                cookies[user.pk] = client.cookies[name].value
            return client
        client = Client()
        client.cookies[name] = cookies[user.pk]
        return client

    return log_in
