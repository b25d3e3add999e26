"""How words of forms are declared."""

from __future__ import annotations

from core.figures.indicator import Clause
from core.papers.figures import Clauses

SEES = "reports.view_dashboard"


def each(words: str, *clauses: Clause) -> dict[str, Clauses]:
    """Words, separated by spaces, that all add the same clauses."""
    return dict.fromkeys(words.split(), clauses)
