"""All definitions, in the policy's order. One declaration makes the tile, the breakdown,
the trend, the list, the reasons, the export, the snapshot and the printed card.

Codes are fixed names.
"""

from __future__ import annotations

import datetime
import hashlib

from core.figures.counting import Figures, figures_on
from core.figures.indicator import Indicator
from reports.definitions.agencies import T8
from reports.definitions.certified import CERTIFIED, T2
from reports.definitions.coverage import COVERAGE_LINES, T6_BUILT
from reports.definitions.graduates import GRADUATE_LINES, T4
from reports.definitions.key_talents import KEY, T3
from reports.definitions.platforms import PLATFORM_LINES, T5
from reports.definitions.strongholds import T6_ACTIVE, T7_CENTRE, T7_HUB, T7_ROOM
from reports.definitions.talents import CATEGORIES, LADDER, T1

INDICATORS: tuple[Indicator, ...] = (
    T1, *LADDER, *CATEGORIES, T2, *CERTIFIED, T3, *KEY, T4, *GRADUATE_LINES, T5, *PLATFORM_LINES,
    T6_BUILT, T6_ACTIVE, *COVERAGE_LINES, T7_CENTRE, T7_HUB, T7_ROOM, T8,
)  # fmt: skip
BY_CODE: dict[str, Indicator] = {indicator.code: indicator for indicator in INDICATORS}
HEADLINES: tuple[Indicator, ...] = tuple(i for i in INDICATORS if not i.part_of)
# What `manage.py indicators` prints, in order.
FIXED_CODES: tuple[str, ...] = tuple(i.code for i in INDICATORS if i.is_fixed)


def parts_of(indicator: Indicator) -> list[Indicator]:
    """The sub-lines under a headline."""
    return [i for i in INDICATORS if i.part_of == indicator.code]


def definitions_version() -> str:
    """Changes whenever a definition is added, dropped or given a new version."""
    text = "|".join(f"{i.code}={i.version}" for i in INDICATORS)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def all_figures(day: datetime.date) -> Figures:
    """Every indicator in every region as of a day."""
    return figures_on(day, INDICATORS)
