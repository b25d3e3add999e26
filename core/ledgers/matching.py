"""What the page on which columns are matched sends: of an import and of a comparison alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.ledgers import actions
from core.ledgers.models import ImportBatch
from core.rules import RuleError


def take_columns(batch: ImportBatch, sent: Mapping[str, str], *, by: Any) -> str:
    """Match the columns as the page says and check anew; why that cannot be, "" where it was done.
    What was chosen then stands on the batch to be shown again, unsaved."""
    chosen, whole = _sent_columns(sent)
    try:
        actions.set_mapping(batch=batch, by=by, mapping_by_header=chosen, whole=whole)
    except RuleError as refusal:
        batch.mapping = chosen
        batch.reading |= {"whole": whole}
        return str(refusal)
    return ""


def _sent_columns(sent: Mapping[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    """What the page on which columns are matched sends: {attribute: index in the header}, and
    {attribute: what the whole sheet is of it}."""
    chosen = {
        name.removeprefix("column_"): int(value)
        for name, value in sent.items()
        if name.startswith("column_") and value.isdecimal()
    }
    whole = {
        name.removeprefix("whole_"): value
        for name, value in sent.items()
        if name.startswith("whole_")
    }
    return chosen, whole
