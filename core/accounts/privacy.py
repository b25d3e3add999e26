"""The notice of how personal data are processed (PIPL articles 17, 30 and 35)."""

from typing import Any

# Raised with every change of its text; each worker's account keeps which one was read, when.
NOTICE_VERSION = "2026-11-29"


def is_due(user: Any) -> bool:
    """Whether this worker has yet to read the notice in force."""
    return bool(user.is_worker and user.notice_version != NOTICE_VERSION)
