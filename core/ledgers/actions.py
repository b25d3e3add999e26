"""What a user does with an import. Every change of a batch starts here."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import IntegrityError, OperationalError, connection, transaction
from psycopg2.errors import LockNotAvailable

from core.accounts.models import User
from core.audit.history import acting
from core.jobs.models import Job
from core.ledgers import applying, mapping, showing, words
from core.ledgers.asking import SKIP, WHOLE, answer, choices_of, open_rows
from core.ledgers.comparing import REPEAT, compare_anew, tied
from core.ledgers.dating import corrects_signed
from core.ledgers.holding import locked, put_away, queue, require
from core.ledgers.ledger import ImportContext, ledger_for
from core.ledgers.models import ImportBatch, ImportRow
from core.ledgers.spreadsheets.headers import LOOK
from core.rules import RuleError
from core.secrecy.identity import without_id_numbers
from core.text import tidy

# Rows that are compared while somebody waits for the page: some tenths of a second.
AT_ONCE = 500


def _only_import(batch: ImportBatch) -> None:
    """Raises RuleError for a comparison, which is never written."""
    if batch.is_comparison:
        raise RuleError("STATE", "这是倒查，只比对、不写入；要录入请从倒查结果导入名单。")


@transaction.atomic
def set_mapping(
    *,
    batch: ImportBatch,
    by: User,
    mapping_by_header: dict[str, int],
    whole: dict[str, str] | None = None,
) -> None:
    """Match columns by hand ({attribute: index in the header}), say what the `whole` sheet is
    of those that it lacks ({attribute: text}), and check once more.

    Raises RuleError when a required column is left without either.
    """
    fresh, job = locked(batch, by=by)
    checked = [Job.Status.WAITING, *([Job.Status.DONE] if fresh.is_comparison else [])]
    if job.status not in checked or fresh.applied_at or fresh.is_forgotten:
        raise RuleError("STATE", "现在不能修改列对应，请等待核对完成。")
    ledger = ledger_for(fresh.kind)
    chosen = {
        a: i
        for a, i in mapping_by_header.items()
        if ledger.column(a) and 0 <= i < len(fresh.header)
    }
    said = {a: tidy(text)[:60] for a, text in (whole or {}).items() if ledger.column(a)}
    fresh.mapping, fresh.reading = chosen, fresh.reading | {"whole": said}
    if absent := showing.absent(fresh):
        names = "、".join(c.label for c in absent)
        raise RuleError("MAPPING", f"必填列「{names}」还没有选择对应的表头。")
    mapping.remember(ledger, fresh.header, chosen, region=fresh.region_id)
    ImportRow.objects.filter(batch=fresh).delete()
    fresh.counts, fresh.places, fresh.questions = {}, [], []
    fresh.save()
    job.by = by
    queue(job)


@transaction.atomic
def set_header(*, batch: ImportBatch, by: User, row: int) -> None:
    """Take another row (Excel's number) as the headings, and read anew. Raises RuleError."""
    fresh, job = locked(batch, by=by)
    if job.status != Job.Status.WAITING or fresh.counts or fresh.is_forgotten or not fresh.kind:
        raise RuleError("STATE", "现在不能改表头，请刷新页面。")
    if not 1 <= row <= LOOK:
        raise RuleError("HEADER", f"请填写表头所在的行号，1 至 {LOOK}。", field="header")
    fresh.reading = fresh.reading | {"asked_header": row}
    fresh.reading.pop("not_header", None)
    fresh.mapping = {}
    fresh.save(update_fields=["reading", "mapping"])
    job.by = by
    queue(job)


@transaction.atomic
def answer_questions(
    *,
    batch: ImportBatch,
    by: User,
    answers: dict[str, str],
    seen: str = "",
    leaves_rest: bool = False,
    inline: bool = False,
) -> None:
    """Answer what is asked about many rows at once ({id of a question: code, "" to leave a word
    out}), and check once more; `leaves_rest` leaves out all other words that may be. What a word
    means the office's next ledgers know; what was decided of rows stays.

    `seen` is the fence of the check that the answers are about, where somebody looked at it.
    Raises RuleError.
    """
    fresh, job = locked(batch, by=by)
    _only_import(fresh)
    if job.status != Job.Status.WAITING or fresh.applied_at or not fresh.counts:
        raise RuleError("STATE", "现在不能答复，请刷新页面。")
    if seen not in ("", str(job.fence)):
        raise RuleError("STATE", "这一批刚刚重新核对过，请看过现在的内容再答复。")
    asked = {question["id"]: question for question in showing.questions(fresh)}
    said, settled = {}, {}
    if leaves_rest:
        rest = [key for key, question in asked.items() if showing.may_go(question)]
        answers = dict.fromkeys(rest, words.LEFT_OUT) | answers
    for key, code in answers.items():
        question = asked.get(key)
        if question is None or code not in question["answers"]:
            raise RuleError("WORD", "有一项答复不在可选范围内，请刷新页面后重新选择。")
        if code == question["code"]:
            continue
        if "word" in question:
            said[question["attribute"], question["word"]] = code
        else:
            settled[question["point"]] = code
    if not said and not settled:
        raise RuleError("WORD", "没有新的答复，内容没有变动。")
    decisions = words.decided(fresh)
    ImportRow.objects.filter(batch=fresh).delete()
    words.remember(fresh, said, by=by)
    fresh.answers |= settled
    fresh.counts, fresh.places, fresh.questions = {}, [], []
    fresh.save()
    job.by = by
    queue(job, inline=inline, payload={"decisions": decisions})


def keep_reason(*, batch: ImportBatch, by: User, reason: str) -> None:
    """Keep what is typed beside the rows: deciding on them and turning pages come between."""
    require(by, batch.kind)
    rows = ImportBatch.objects.for_user(by).filter(pk=batch.pk, is_confirmed=False)
    rows.update(reason=_plain_reason(reason))


def _plain_reason(text: str) -> str:
    return without_id_numbers(tidy(text))[:200]


def corrects(batch: ImportBatch) -> int:
    """How many records that signed figures counted the batch would change."""
    return corrects_signed(batch, apps.get_model(ledger_for(batch.kind).models[0]))


@transaction.atomic
def confirm(*, batch: ImportBatch, by: User, reason: str = "", inline: bool = False) -> None:
    """Queue the checked rows for application.

    Rows with a remark of level W need one reason for the batch, and so do changes of what a
    signed figure counted. Raises RuleError.
    """
    fresh, job = locked(batch, by=by)
    _only_import(fresh)
    if fresh.applied_at or (fresh.is_confirmed and job.status != Job.Status.CANCELLED):
        return
    if job.status == Job.Status.CANCELLED:
        raise RuleError("STATE", "这一批已取消，没有写入；需要时请重新上传。")
    if job.status != Job.Status.WAITING or not fresh.counts:
        raise RuleError("STATE", "核对还没有完成，请稍后再确认。")
    if fresh.counts.get("flagged") and not reason.strip():
        raise RuleError("REASON", "有需要说明的行，请填写说明后再入库。")
    if not reason.strip() and corrects(fresh):
        raise RuleError("SIGNED", "有改动涉及已冻结的决算，请填写说明后再入库。")
    fresh.is_confirmed, fresh.reason = True, _plain_reason(reason)
    fresh.save()
    job.by = by
    queue(job, inline=inline)


@transaction.atomic
def cancel(*, batch: ImportBatch, by: User) -> None:
    """Ask a running import to stop, or put a waiting one away. Nothing is written then."""
    fresh, job = locked(batch, by=by, waits=False)
    if fresh.applied_at:
        raise RuleError("STATE", "数据已入库，不能取消；可以撤销这一批。")
    if job.status == Job.Status.RUNNING:
        Job.objects.filter(pk=job.pk).update(is_cancel_requested=True)
    elif job.status in (Job.Status.QUEUED, Job.Status.WAITING, Job.Status.FAILED):
        put_away(job, "已取消，没有写入任何数据。")


@transaction.atomic
def resume(*, batch: ImportBatch, by: User) -> None:
    """Try a failed import once more, from where it stood."""
    fresh, job = locked(batch, by=by)
    if fresh.is_forgotten:
        raise RuleError("EXPIRED", "文件已过 30 天保存期，请重新上传。")
    if job.status == Job.Status.FAILED:
        job.by = by
        queue(job, payload=job.payload)


@transaction.atomic
def decide(*, row: ImportRow, by: User, question: str, decision: str) -> None:
    """Answer one question of a row (core.ledgers.asking); "" takes the answer back."""
    fresh = _to_decide(row.batch, by=by)
    row.refresh_from_db()
    if decision not in choices_of(row, question):
        raise RuleError("STATE", "这一行现在不能这样选，请刷新页面。")
    rows = ImportRow.objects.filter(batch=fresh)
    answer(rows.filter(pk=row.pk), {question: decision})
    if question == REPEAT or (question == WHOLE and not decision):
        # Of the rows of a file that are about the same, the chosen one stands alone; when
        # that is taken back all of them are open again.
        same = rows.filter(key=row.key, key__isnull=False).exclude(pk=row.pk)
        answer(same, {WHOLE: SKIP if decision else "", REPEAT: ""})
    _compare_anew(fresh, {row.number}, by=by)


@transaction.atomic
def decide_all(*, batch: ImportBatch, by: User, question: str, decision: str) -> int:
    """Answer a question alike in every row that asks it; returns how many there were."""
    fresh = _to_decide(batch, by=by)
    rows = open_rows(fresh, question)
    first, count = rows.first(), rows.count()
    if first is None or decision not in choices_of(first, question) - {""}:
        raise RuleError("DECISION", "请选择一种处理方式。")
    if count > AT_ONCE:
        _leave_to_job(fresh, by=by, answers={question: decision})
        return count
    numbers = set(rows.values_list("number", flat=True))
    answer(rows, {question: decision})
    _compare_anew(fresh, numbers, by=by)
    return count


def _to_decide(batch: ImportBatch, *, by: User) -> ImportBatch:
    fresh, job = locked(batch, by=by)
    _only_import(fresh)
    if fresh.applied_at or job.status != Job.Status.WAITING:
        raise RuleError("STATE", "现在不能处理，请刷新页面。")
    return fresh


def _compare_anew(batch: ImportBatch, numbers: set[int], *, by: User) -> None:
    """Compare rows that were decided and those tied to them, unless they are many."""
    ledger = ledger_for(batch.kind)
    numbers = tied(batch, ledger, numbers)
    if len(numbers) > AT_ONCE:
        _leave_to_job(batch, by=by)
        return
    counts = compare_anew(batch, ledger, ImportContext.of(batch), numbers)
    ImportBatch.objects.filter(pk=batch.pk).update(counts=counts)


def _leave_to_job(batch: ImportBatch, *, by: User, answers: dict[str, str] | None = None) -> None:
    """Queue the comparison, first of all with answers for every row that waits for them."""
    batch.job.by = by
    queue(batch.job, payload={"answers": answers} if answers else None)


@transaction.atomic
def undo(*, batch: ImportBatch, by: User) -> list[int]:
    """Take back an applied batch as far as nobody touched it; returns touched rows."""
    fresh, _ = locked(batch, by=by)
    if not fresh.applied_at or fresh.undone_at:
        raise RuleError("STATE", "这一批没有可以撤销的内容。")
    if fresh.is_forgotten:
        raise RuleError(
            "EXPIRED", "逐行内容只保存 30 天，这一批已不能整批撤销；请在相应的记录上修改或停用。"
        )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT now()")
        now: Any = cursor.fetchone()[0]
    try:
        with acting(by, reason="撤销导入"), transaction.atomic():
            touched = applying.undo(fresh, ledger_for(fresh.kind))
    except IntegrityError:
        message = "导入的人员中有已发激活码等后续办理的，不能整批撤销；请在相应的记录上停用。"
        raise RuleError("STATE", message) from None
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        message = "另一份台账正在写入，或有人正在修改其中的记录，请一两分钟后再撤销。"
        raise RuleError("STATE", message) from None
    fresh.undone_at = now
    fresh.save()
    return touched
