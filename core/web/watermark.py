"""The watermark of pages: who, when, from where (a deterrent)."""

from typing import Any

from django.utils import timezone

from core.accounts.clients import client_address


def watermark_for(request: Any) -> dict[str, Any]:
    """Text of the mark and as many cells as cover a large screen."""
    user = request.user
    now = timezone.localtime()
    address = client_address(request) or ""
    return {
        "text": f"{user} {user.username[-4:]} {now:%Y-%m-%d %H:%M} {address}",
        "cells": range(40),
    }
