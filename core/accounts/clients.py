"""Where a request comes from, as far as it cannot be forged."""

from __future__ import annotations

import ipaddress
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest, *args: Any) -> str | None:
    """The client's address: what our own proxy saw, never what the client says.

    The one proxy in front appends the address it was called from to X-Forwarded-For;
    everything before that last entry came from the client. Without a proxy the header is
    not looked at.
    """
    candidates = [request.META.get("REMOTE_ADDR", "")]
    if settings.BEHIND_PROXY:
        candidates.insert(0, request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2])
    for text in candidates:
        try:
            return str(ipaddress.ip_address(text.strip()))
        except ValueError:
            continue
    return None
