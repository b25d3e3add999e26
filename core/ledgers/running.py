"""The import job: read and stage, compare, wait for a confirmation, apply."""

from __future__ import annotations

from contextlib import ExitStack, suppress

from django.db import transaction

from core.audit.history import acting
from core.jobs.models import Job
from core.jobs.running import JobFailed, Lease, runner
from core.ledgers.applying import apply
from core.ledgers.asking import answer, open_rows
from core.ledgers.beside import tally
from core.ledgers.comparing import compare
from core.ledgers.guessing import Look, look_of, note_better, understand
from core.ledgers.ledger import ImportContext, ledger_for
from core.ledgers.models import ImportBatch, ImportRow
from core.ledgers.points import points_of
from core.ledgers.remarks import grouped
from core.ledgers.showing import absent
from core.ledgers.staging import NeedsMapping, stage
from core.ledgers.words import asked_of, put_back

KIND = "import"
# What a slow machine writes, by `make bench`.
ROWS_A_SECOND = 5_000


@runner(KIND, permission="core.import_ledger")
def run_import(lease: Lease) -> None:
    """Bring a batch as far as it goes: to the matching of columns, the preview, or the end."""
    batch = ImportBatch.objects.select_related("by", "region").get(job=lease.job)
    with ExitStack() as reading:
        look = None
        if not batch.kind:
            lease.progress(done=0, total=0, phase="正在判断台账类别")
            look = reading.enter_context(look_of(batch))
            if not _tell_kind(batch, look, lease):
                lease.finish(Job.Status.WAITING, "没有认出是哪一类台账，请选择。")
                return
        if not batch.is_confirmed:
            _check(batch, lease, look, reading)
            return
    ledger = ledger_for(batch.kind)
    context = ImportContext.of(batch)
    # In one transaction: nobody sees how far it is before it is done.
    rows = batch.counts.get("rows", 0)
    phase = f"正在写入，共 {rows} 行，约需 {max(1, rows // ROWS_A_SECOND)} 秒"
    lease.progress(done=0, total=0, phase=phase)
    with acting(lease.job.by, reason=batch.reason):
        counts = apply(batch, ledger, context, lease)
    Job.objects.filter(pk=lease.job.pk, fence=lease.fence).update(done=rows, total=rows)
    lease.finish(Job.Status.DONE, summary(counts))


def _tell_kind(batch: ImportBatch, look: Look, lease: Lease) -> bool:
    """Find out of which kind a ledger is; False where a person has to say it."""
    with transaction.atomic():
        lease.guard()
        return understand(batch, look.guess)


def _tell_better(batch: ImportBatch, lease: Lease) -> None:
    """Keep which kind the headings say where they lack what the chosen one asks for."""
    if batch.reading.get("is_guessed"):
        return
    # The columns can be matched by hand, whatever other kinds would say of the file.
    with suppress(JobFailed), look_of(batch) as look, transaction.atomic():
        lease.guard()
        note_better(batch, look.guess)


def _check(batch: ImportBatch, lease: Lease, look: Look | None, reading: ExitStack) -> None:
    """Stage and compare; what was opened to tell the kind is read on and closed behind it."""
    ledger, context = ledger_for(batch.kind), ImportContext.of(batch)
    try:
        # Once compared, the rows come back only to be compared anew.
        if batch.counts:
            _answer(batch, lease)
        else:
            stage(batch, ledger, lease, look if look and look.goes_on else None)
            reading.close()
            with transaction.atomic():
                put_back(batch, lease.job.payload.get("decisions", {}))
                lease.guard()
    except NeedsMapping:
        reading.close()
        _tell_better(batch, lease)
        advice = "".join(column.without for column in absent(batch))
        lease.finish(Job.Status.WAITING, f"有必填列没有对应上，请核对列对应。{advice}")
        return
    total = ImportRow.objects.filter(batch=batch).count()

    def report(done: int) -> None:
        lease.progress(done=min(done, total), total=total, phase="正在与在册数据比对")

    report(0)
    if not batch.counts:
        with transaction.atomic():
            ledger.look_across(batch)
            lease.guard()
    counts = compare(batch, ledger, context, report, guard=lease.guard)
    if batch.is_comparison:
        counts |= tally(batch)
    with transaction.atomic():
        lease.guard()
        questions = points_of(batch) + asked_of(batch, ledger)
        reading = batch.reading | {"remarks": grouped(batch), "uncounted": ledger.uncounted(batch)}
        ImportBatch.objects.filter(pk=batch.pk).update(
            counts=counts, questions=questions, reading=reading
        )
    if batch.is_comparison:
        lease.finish(Job.Status.DONE, "倒查完成，没有写入任何数据。")
    else:
        lease.finish(Job.Status.WAITING, "核对完成，请确认后入库。")


def _answer(batch: ImportBatch, lease: Lease) -> None:
    """Give the answers that were left to the job; once more does no harm."""
    for question, decision in lease.job.payload.get("answers", {}).items():
        with transaction.atomic():
            answer(open_rows(batch, question), {question: decision})
            lease.guard()


def summary(counts: dict[str, int]) -> str:
    """「共 180 行：新增 176，变更 0 …」"""
    parts = [f"{label} {counts.get(code, 0)}" for code, label in ImportRow.Outcome.choices]
    return f"共 {counts.get('rows', 0)} 行：" + "，".join(parts) + "。"
