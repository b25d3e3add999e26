"""What lies around the headings of a cell and says more of what it asks for: the line that its own
is a part of, the column that 其中 is of, the title of the part of the form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from core.papers.addresses import Cell
from core.papers.headings import Headings
from core.papers.wording import is_part, of_matter


class Knowing(Protocol):
    """Who knows what headings may say."""

    def is_known(self, text: str) -> bool: ...

    def names(self, text: str) -> bool: ...

    def is_beside(self, text: str) -> bool: ...


@dataclass(frozen=True)
class Context:
    """What a heading is a part of, the nearest first; `may_be` where the form does not say so
    clearly; what the part of the form is about."""

    within: tuple[str, ...] = ()
    may_be: tuple[str, ...] = ()
    matter: str = ""

    def tries(self) -> Iterator[tuple[tuple[str, ...], bool]]:
        """What to take into account, the most first; and whether the headings then have to name
        by themselves what is counted, since they leave out what they are a part of."""
        matter = (self.matter,) if self.matter else ()
        for whole in (self.within, self.may_be):
            for deep in range(len(whole), 0, -1):
                if matter:
                    yield (*whole[:deep], *matter), False
                yield whole[:deep], False
        if matter:
            yield matter, bool(self.within)
        yield (), bool(self.within)


def context_of(cell: Cell, heads: Headings, knowing: Knowing) -> Context:
    """The context of an empty cell."""
    before = heads.before(*cell)
    at, text = next(
        ((at, said) for at, said in before.items() if not knowing.is_beside(said)), (None, "")
    )
    line = heads.line(at) if at else None
    within = [*(line.within if line else ()), *_whole_of(cell, heads, knowing)]
    is_open = line is not None and not within and not knowing.names(text)
    return Context(
        tuple(within),
        line.may_be if line and is_open else (),
        of_matter(heads.title(cell[0])),
    )


def _whole_of(cell: Cell, heads: Headings, knowing: Knowing) -> list[str]:
    """What the heading 其中 of a column is of: the nearest before it that names what is counted, or
    that nobody knows."""
    row, column = cell
    if not any(map(is_part, heads.above(row, column).values())):
        return []
    for number in range(column - 1, 0, -1):
        texts = list(heads.above(row, number).values())
        if any(map(is_part, texts)):
            continue
        for text in texts:
            if knowing.names(text) or not knowing.is_known(text):
                return [text]
    return []
