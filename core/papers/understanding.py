"""What a form asks for: lists of records, statistical tables, each sheet one of them."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.entities.entity import Entity
from core.papers.areas import Areas
from core.papers.grids import Grid, grid_of
from core.papers.layouts import layout
from core.papers.lists import ListForm, bind
from core.regions.tree import divisions_on
from core.secrecy.files import Refused

NOTHING_KNOWN = (
    "没有认出可以填写的表。名单要有一行列名，其中有「姓名」「站点名称」「项目名称」「院校名称」这样的列；"
    "统计表要有「从业人数、女、党员、本科及以上」这样的栏目，行或列是地区。"
)


@dataclass
class Understood:
    """The lists and the statistical tables of a form, in the order of its sheets."""

    lists: list[ListForm] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)

    def __iter__(self) -> Iterator[ListForm | Grid]:
        yield from (*self.lists, *self.grids)

    @property
    def kinds(self) -> list[str]:
        """The names of the entities that are listed."""
        return sorted({one.entity.name for one in self.lists})

    def only(self, entity: Entity) -> Understood:
        """The lists of one kind alone."""
        return Understood([one for one in self.lists if one.entity is entity])

    @property
    def unknown(self) -> list[tuple[str, str, str]]:
        """(sheet, cell, heading) of what the registry has no source for."""
        return [(one.sheet, cell, heading) for one in self for cell, heading in one.unknown]


# Sheet -> number of a column -> attribute that fills it, or address of a cell -> words of what to
# count; "" to leave it empty.
Bindings = Mapping[str, Mapping[str, str]]


def understand(
    data: bytes,
    *,
    user: Any,
    region: str,
    on: datetime.date,
    bindings: Bindings | None = None,
    kind: Entity | None = None,
) -> Understood:
    """What a form asks for, to be filled for a region, with what was corrected by hand. Of a
    template it is known: its first sheet lists that `kind`. Raises Refused where the file cannot
    be taken, and where no sheet has headings that are known."""
    found, said = Understood(), bindings or {}
    areas = Areas(region, divisions_on(on))
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(data)
        file.flush()
        for look in layout(data)[: 1 if kind else None]:
            if not look.texts:
                continue
            own = said.get(look.name, {})
            columns = {place: name for place, name in own.items() if place.isdecimal()}
            cells = {place: words for place, words in own.items() if not place.isdecimal()}
            grid = None if kind else grid_of(look, areas, user, chosen=cells)
            listed = bind(Path(file.name), look, user, areas=areas, chosen=columns, kind=kind)
            if grid is not None and _is_of_figures(grid, listed):
                found.grids.append(grid)
            elif listed is not None:
                found.lists.append(listed)
    if not (found.lists or found.grids):
        raise Refused(NOTHING_KNOWN)
    return found


def _is_of_figures(grid: Grid, listed: ListForm | None) -> bool:
    """Whether a sheet that could be either is a table of figures. The line of sums below a list is
    none; the line of an area is, where it says all that the list would."""
    if listed is None or grid.rows > 1:
        return True
    told = {column.column for column in listed.columns if column.get is not None}
    return bool(grid.named) and told <= grid.columns
