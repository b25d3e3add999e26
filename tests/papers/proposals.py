"""What is proposed for the cells of a statistical form, in short."""

from __future__ import annotations

import datetime

from core.papers.addresses import address
from core.papers.areas import Areas
from core.papers.grids import Figure, grid_of
from core.papers.layouts import layout
from core.regions.tree import divisions_on
from tests.conftest import Cast

ON = datetime.date(2025, 12, 31)
_SIGNS = {"BEFORE": " <", "ADDED": " ±", "RATE": " %", "SHARE": " /"}


def said(figure: Figure) -> str:
    """「staff at_station certified /」: what is counted beyond its base, and 上年 and so on."""
    what = figure.meant.what
    facts = {"|".join(clause) for clause in figure.meant.where if clause not in what.base}
    if facts & {"certified_middle", "certified_senior"}:
        facts -= {"certified"}
    kind = ":".join(filter(None, [what.population.code.removeprefix("asked_"), what.weight]))
    return " ".join([kind, *sorted(facts)]) + (
        _SIGNS[figure.versus.asked.name] if figure.versus else ""
    )


def proposed(data: bytes, cast: Cast) -> dict[str, str]:
    """What is proposed for each cell of the first sheet of a form, filled for 贵阳市."""
    look = layout(data)[0]
    grid = grid_of(look, Areas("5201", divisions_on(ON)), cast.prefecture)
    cells = grid.cells if grid else {}
    return {address(*cell): said(figure) for cell, figure in cells.items()}
