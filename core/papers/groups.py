"""Lists that a form groups by place: 「一、贵阳市（6个）」 over its lines, or the name of a
township in a merged cell at their left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from core.papers.addresses import Area
from core.papers.areas import Areas
from core.papers.layouts import SheetLayout


@dataclass(frozen=True)
class Group:
    """The lines of one place; `column` is that of its name beside them, 0 where it stands above."""

    region: str
    first_row: int
    ruled_rows: int
    column: int = 0


def groups_of(look: SheetLayout, head: int, areas: Areas) -> tuple[Group, ...]:
    """The groups below a row of headings, none where the lines are not grouped."""
    by_region: dict[str, Group] = {}
    for group in _groups(look, head, areas):
        if group.region in by_region:
            return ()
        by_region[group.region] = group
    found = sorted(by_region.values(), key=lambda group: group.first_row)
    is_apart = all(
        one.first_row + one.ruled_rows <= after.first_row for one, after in pairwise(found)
    )
    return tuple(found) if is_apart else ()


def _groups(look: SheetLayout, head: int, areas: Areas) -> Iterator[Group]:
    merges = {(area.top, area.left): area for area in look.merges}
    alone = Counter(row for (row, _), said in look.texts.items() if not said.strip().isdigit())
    for at, said in look.texts.items():
        code = areas.heading(said) if at[0] > head and alone[at[0]] == 1 else ""
        if not code:
            continue
        area = merges.get(at, Area(*at, *at))
        is_above = area.bottom == area.top and (area.right > area.left or area.left == 1)
        if is_above:
            # Without a ruled line they are put in right below it.
            yield Group(code, area.top + 1, look.ruled_from(area.top + 1, head))
        elif area.left == area.right:
            size = area.bottom - area.top + 1
            if look.ruled_from(area.top, head, beside=area.left) >= size:
                yield Group(code, area.top, size, area.left)
