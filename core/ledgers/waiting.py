"""Imports on the workbench: what was checked and waits, what failed and may go on."""

from __future__ import annotations

from typing import Any

from core.jobs.models import Job
from core.ledgers.models import ImportBatch
from core.notices.waiting import Waiting, register_waiting

# Code in the list's address -> (status of the job, words).
STATES = {
    "waiting": (Job.Status.WAITING, "我的待确认"),
    "failed": (Job.Status.FAILED, "我的未完成"),
}


def mine(user: Any, state: str) -> Any:
    """The batches that a user took in and that are in a state of STATES."""
    status, _ = STATES[state]
    return ImportBatch.objects.for_user(user).imports().filter(by=user, job__status=status)


register_waiting(
    Waiting(
        code="imports-waiting",
        label="核对完、等待确认的导入",
        hint="确认后才会入库，30 天不确认即放弃",
        permission="core.import_ledger",
        count=lambda user: mine(user, "waiting").count(),
        url="import_list",
        query="?state=waiting",
        is_decision=True,
    )
)
register_waiting(
    Waiting(
        code="imports-failed",
        label="没有完成的导入",
        hint="看原因，继续或重新上传",
        permission="core.import_ledger",
        count=lambda user: mine(user, "failed").count(),
        url="import_list",
        query="?state=failed",
        is_decision=True,
    )
)
