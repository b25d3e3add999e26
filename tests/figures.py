"""One figure, counted alone: what most tests ask for."""

from __future__ import annotations

import datetime

from core.dates import today
from core.figures.counting import figures_on
from reports.definitions.registry import BY_CODE


def figure(code: str, region: str = "52", *, day: datetime.date | None = None) -> int | None:
    """Of today without a day; None where it is unknown."""
    day = day or today()
    return figures_on(day, [BY_CODE[code]]).value(code, region)
