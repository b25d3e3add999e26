"""What a figure says of itself wherever it is taken (R25)."""

from __future__ import annotations

import datetime

from core.figures.indicator import Indicator


def version(indicator: Indicator, number: str) -> str:
    """「T1 第 1 版」."""
    return f"{indicator.code} 第 {number} 版"


def as_of(day: datetime.date) -> str:
    """What people read first."""
    return f"截至 {day:%Y-%m-%d}"


def versions(definitions: str, divisions: str) -> str:
    """What nobody reads until two figures differ: it stands last."""
    return f"口径版本 {definitions}，区划版本 {divisions}"
