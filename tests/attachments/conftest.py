"""Files are taken apart here as the product does it."""

from __future__ import annotations

import pytest

from core.attachments import checking
from core.attachments.checking import Checked
from core.attachments.child import taken
from core.secrecy.files import Refused


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same code without a process of its own, which takes half a second to start."""

    def taken_apart(data: bytes, kind: str) -> Checked:
        head, kept = taken(kind, data)
        if "refused" in head:
            raise Refused(head["refused"])
        return Checked(head["kind"], kept)

    monkeypatch.setattr(checking, "_taken_apart", taken_apart)
