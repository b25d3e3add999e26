"""倒查: a list that somebody else keeps, laid beside the registry; nothing is written.

It is checked as a ledger is, and goes no further: who is missing here, who is missing there, and
which cells differ are what the check says of its rows.
"""

from __future__ import annotations

from typing import Any

from core.jobs import running as jobs
from core.ledgers import actions, starting
from core.ledgers.models import ImportBatch
from core.rules import RuleError
from core.secrecy import files as media


def start(*, user: Any, kind: str, name: str, data: bytes, region: str) -> ImportBatch:
    """Keep a list and queue its comparison with the records of a region. Raises as
    core.ledgers.starting.start_import does."""
    return starting.start_import(
        user=user, kind=kind, name=name, data=data, compared_region=region or user.region_id
    )


def take_in(*, batch: ImportBatch, by: Any) -> ImportBatch:
    """An ordinary import of the list that was compared, which goes to its preview. Raises
    DuplicateFile where that was done before, and RuleError where the file is gone."""
    try:
        data = media.load(batch.file_path)
    except FileNotFoundError:
        raise RuleError("EXPIRED", "上传的文件已过保存期，请重新上传。") from None
    return starting.start_import(
        user=by, kind=batch.kind, name=batch.file_name, data=data, sheet=batch.sheet
    )


def compare_list(*, user: Any, kind: str, name: str, data: bytes) -> dict[str, int]:
    """{rows, matched, only_here, only_there, differing_cells}. Raises Refused, RuleError or
    PermissionDenied."""
    batch = starting.start_import(
        user=user, kind=kind, name=name, data=data, inline=True, compared_region=user.region_id
    )
    jobs.run(batch.job_id)
    batch = ImportBatch.objects.select_related("job").get(pk=batch.pk)
    if not batch.counts:
        actions.cancel(batch=batch, by=user)
        raise RuleError("COMPARE", batch.job.message or "名单没有核对完成。")
    return {
        "rows": batch.counts["rows"],
        "matched": batch.counts["matched"],
        "only_here": batch.counts["only_here"],
        "only_there": batch.counts["only_there"],
        "differing_cells": batch.counts["cells"],
    }
