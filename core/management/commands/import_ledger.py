"""manage.py import_ledger KIND FILE --user NAME [--commit] --json: the browser's way, inline."""

import json
import time
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.accounts.models import User
from core.jobs import running as jobs
from core.jobs.models import Job
from core.ledgers import actions, showing, starting
from core.ledgers.ledger import kinds
from core.ledgers.models import ImportBatch, ImportRow
from core.ledgers.remarks import warnings
from core.ledgers.spreadsheets import Refused
from core.rules import RuleError

REASON = "命令行导入，提示项已知悉"


class Command(BaseCommand):
    help = "Check a ledger and, with --commit, take it in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(kinds()))
        parser.add_argument("file", type=Path)
        parser.add_argument("--user", required=True)
        parser.add_argument("--commit", action="store_true")
        parser.add_argument("--json", action="store_true")
        parser.add_argument(
            "--answers", type=Path, help="JSON: id of a question -> code or name of the answer"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"没有账号「{options['user']}」。")
        answers = self._read(options["answers"]) if options["answers"] else {}
        try:
            batch = starting.start_import(
                user=user,
                kind=options["kind"],
                name=options["file"].name,
                data=options["file"].read_bytes(),
                again=True,
                inline=True,
            )
            jobs.run(batch.job_id)
            self._require_columns(batch, user)
            self._answer(batch, user, answers)
            if options["commit"] and self._state(batch).status == Job.Status.WAITING:
                actions.confirm(batch=batch, by=user, reason=REASON, inline=True)
                jobs.run(batch.job_id)
            elif not options["commit"]:
                self._put_away(batch, user)
        except (Refused, RuleError) as error:
            raise CommandError(str(error)) from None
        except PermissionDenied:
            raise CommandError(f"账号「{user.username}」没有导入的权限。") from None
        except FileNotFoundError:
            raise CommandError(f"找不到文件 {options['file'].name}。") from None
        except OSError:
            message = f"读不了 {options['file'].name}，请确认它是一个文件，且有读取的权限。"
            raise CommandError(message) from None
        self._report(batch, time.perf_counter() - started, as_json=options["json"])

    @staticmethod
    def _read(path: Path) -> dict[str, str]:
        """A file of answers: {id of a question: code or name of a choice, "" to leave it out}."""
        try:
            said = json.loads(path.read_text(encoding="utf-8-sig"))
        except OSError:
            raise CommandError(f"读不了答复文件 {path.name}，请核对。") from None
        except ValueError:
            said = None
        if not isinstance(said, dict) or not all(isinstance(v, str) for v in said.values()):
            raise CommandError(f"{path.name} 不是「问题编号: 答复」的 JSON，请核对。")
        return said

    def _answer(self, batch: ImportBatch, user: User, said: dict[str, str]) -> None:
        """Give answers to the questions that the ledger puts."""
        fresh = ImportBatch.objects.get(pk=batch.pk)
        given = {}
        for question in showing.questions(fresh):
            answer = said.get(question["id"])
            if answer is not None and not question["is_answered"]:
                named = {name: code for code, name in question["options"]}
                given[question["id"]] = named.get(answer, answer)
        if not given:
            return
        try:
            actions.answer_questions(batch=fresh, by=user, answers=given, inline=True)
        except RuleError:
            self._put_away(batch, user)
            raise
        jobs.run(batch.job_id)

    @staticmethod
    def _state(batch: ImportBatch) -> Job:
        return Job.objects.get(pk=batch.job_id)

    def _require_columns(self, batch: ImportBatch, user: User) -> None:
        """A ledger whose columns a person would have to match is refused with their names."""
        fresh = ImportBatch.objects.get(pk=batch.pk)
        if self._state(batch).status != Job.Status.WAITING or fresh.counts:
            return
        self._put_away(batch, user)
        absent = showing.absent(fresh)
        names = "、".join(column.label for column in absent)
        advice = "".join(column.without for column in absent)
        raise CommandError(
            f"第 {fresh.header_row} 行表头中没有找到必填列「{names}」，请核对类别和文件；"
            f"列名不同的台账请先在网页上导入一次，对应列会被记住。{advice}"
        )

    def _put_away(self, batch: ImportBatch, user: User) -> None:
        """A mere check leaves nothing waiting behind."""
        if self._state(batch).status == Job.Status.WAITING:
            actions.cancel(batch=batch, by=user)

    def _report(self, batch: ImportBatch, seconds: float, *, as_json: bool) -> None:
        job = self._state(batch)
        fresh = ImportBatch.objects.get(pk=batch.pk)
        counts = fresh.counts
        if job.status == Job.Status.FAILED or not counts:
            raise CommandError(job.message or "导入没有完成。")
        said = ImportRow.objects.filter(batch=batch).exclude(messages=[])
        rows = said.only("number", "outcome", "messages")
        errors = [
            {"row": row.number, "column": m["column"], "message": m["message"]}
            for row in rows.iterator(chunk_size=2000)
            for m in row.messages
            if m.get("level") != "I" or row.outcome in ("held", "refused")
        ]
        names = ("rows", "new", "changed", "unchanged", "duplicate", "held", "refused")
        result = {name: counts.get(name, 0) for name in names}
        result |= {"errors": errors, "seconds": round(seconds, 3)}
        result |= {
            "questions": [
                _question(asked) for asked in showing.questions(fresh) if not asked["is_answered"]
            ],
            "columns_unread": showing.unmatched(fresh),
            "warnings": warnings(fresh, showing.unmatched(fresh)),
            "sheets_unread": [name for name, *_ in fresh.other_sheets],
        }
        if as_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        self.stdout.write(job.message)
        for error in errors:
            self.stdout.write(f"第 {error['row']} 行 {error['column']}：{error['message']}")


def _question(asked: dict[str, Any]) -> dict[str, Any]:
    """A question as scripts see it: `proposed` is the code that is likeliest, "" for none."""
    said = {name: asked[name] for name in ("id", "column", "rows", "proposed")}
    said["word" if "word" in asked else "title"] = asked.get("word", asked.get("title"))
    return said | {"choices": [list(option) for option in asked["options"]]}
