"""Ledgers on their way into the registry: the upload, its rows, how its columns were matched."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.db import models
from django.db.models.functions import Now

from core.audit.history import tracked
from core.jobs.models import Job
from core.scoping import ScopedModel, ScopedQuerySet


class ImportBatchQuerySet(ScopedQuerySet):
    def imports(self) -> Self:
        """Those that are on their way into the registry."""
        return self.filter(compared_region=None)

    def comparisons(self) -> Self:
        """Lists that were only laid beside the registry."""
        return self.exclude(compared_region=None)


class ImportBatch(ScopedModel):
    """One uploaded ledger on its way into the registry, and what became of it.

    `mapping` is {column attribute: header text}; `counts` the outcomes; `places` the
    stations and organisations to be created with it. A comparison is checked like an import, and
    goes no further: `counts` has what core.ledgers.beside says of it besides.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.OneToOneField(Job, models.PROTECT, related_name="batch")
    kind = models.CharField("类别", max_length=20)
    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="填报单位辖区")
    by = models.ForeignKey("core.User", models.PROTECT, verbose_name="导入人")
    file_name = models.CharField("文件名", max_length=255)
    file_path = models.CharField(max_length=255, default="")
    sha256 = models.CharField(max_length=64)
    sheet = models.CharField("工作表", max_length=100, default="")
    # Other sheets of the file that hold a ledger, as [name, rows, kind]; not read by this batch.
    other_sheets = models.JSONField("其他工作表", default=list, db_default=[])
    header_row = models.PositiveIntegerField("表头行", default=0)
    header = models.JSONField("表头", default=list)
    samples = models.JSONField("示例", default=list)
    mapping = models.JSONField("列对应", default=dict)
    places = models.JSONField("待建单位", default=list)
    # What is asked about many rows at once: see core.ledgers.words and core.ledgers.points.
    questions = models.JSONField("待认的词", default=list, db_default=[])
    # {code of a point: answer}.
    answers = models.JSONField("答复", default=dict, db_default={})
    # How the sheet is read beside its columns: see core.ledgers.staging.
    reading = models.JSONField("读法", default=dict, db_default={})
    counts = models.JSONField("结果", default=dict)
    reason = models.CharField("提示项说明", max_length=200, default="", blank=True)
    is_confirmed = models.BooleanField("已确认入库", default=False)
    applied_at = models.DateTimeField("入库时间", null=True)
    undone_at = models.DateTimeField("撤销时间", null=True)
    created_at = models.DateTimeField("上传时间", db_default=Now())
    # Of a comparison: the area whose records are laid beside the list.
    compared_region = models.ForeignKey(
        "core.Region", models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name="比对地区",
    )  # fmt: skip

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "导入批次"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "kind", "sha256"],
                condition=models.Q(undone_at=None, is_repeat=False),
                name="importbatch_same_file_once",
            ),
            models.CheckConstraint(
                condition=models.Q(compared_region=None)
                | models.Q(is_confirmed=False, applied_at=None),
                name="importbatch_comparison_writes_nothing",
            ),
        ]

    # The same file taken in once more on purpose, or laid beside the registry.
    is_repeat = models.BooleanField(default=False)

    @property
    def is_comparison(self) -> bool:
        return self.compared_region_id is not None

    @property
    def whole(self) -> dict[str, str]:
        """What is said for the whole sheet of columns that it lacks, by attribute: by a person,
        else by a title or the like."""
        said: dict[str, str] = {**self.reading.get("told", {}), **self.reading.get("whole", {})}
        return {name: text for name, text in said.items() if text and name not in self.mapping}

    @property
    def open_questions(self) -> list[dict[str, Any]]:
        """What waits for an answer that holds for all its rows."""
        return [asked for asked in self.questions if "id" in asked and asked["code"] is None]

    @property
    def is_forgotten(self) -> bool:
        """Its file and rows have been kept for their time: nothing can be done with it."""
        return not self.file_path

    def __str__(self) -> str:
        return self.file_name


class ColumnMemory(models.Model):
    """How an office's header was matched by hand, remembered for its next ledger."""

    region = models.ForeignKey("core.Region", models.CASCADE)
    kind = models.CharField(max_length=20)
    header = models.CharField("表头文字", max_length=120)
    attribute = models.CharField("对应列", max_length=60, blank=True)

    class Meta:
        verbose_name = "列对应记忆"
        constraints = [
            models.UniqueConstraint(fields=["region", "kind", "header"], name="columnmemory_once")
        ]

    def __str__(self) -> str:
        return f"{self.header} → {self.attribute}"


@tracked
class WordMemory(ScopedModel):
    """What an office means by a word in a column of choices: the code, "" to leave it out.

    `is_shared`: a reviewer of the province has adopted it for all offices. Such a row is the
    province's, beside the one that its own office may have.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    region = models.ForeignKey("core.Region", models.CASCADE, verbose_name="单位辖区")
    kind = models.CharField("台账", max_length=20)
    attribute = models.CharField("列", max_length=60)
    word = models.CharField("用词", max_length=60)  # core.ledgers.words keeps to it
    code = models.CharField("含义", max_length=20, blank=True)
    by = models.ForeignKey("core.User", models.PROTECT, null=True, verbose_name="答复人")
    answered_at = models.DateTimeField("答复时间", db_default=Now())
    is_shared = models.BooleanField("全省采用", default=False, db_default=False)

    class Meta:
        verbose_name = "用词记忆"
        constraints = [
            models.UniqueConstraint(
                # Every list asks by kind, column and word.
                fields=["kind", "attribute", "word", "region", "is_shared"],
                name="wordmemory_of_an_office",
            )
        ]
        ordering = ["-answered_at", "-id"]

    def __str__(self) -> str:
        return self.word


class ImportRow(models.Model):
    """One row of a ledger as staged: ID number and phone only as ciphertext.

    `writes` is {"insert": {model: [{column: value}, ...]}, "update": {...}} and, while it is
    compared, what was staged as "staged"; `target` the record that the row is about; `shown` what
    the preview shows (masked); `diff` the changes as [label, before, after]; `before` what an
    undo puts back.
    """

    class Outcome(models.TextChoices):
        NEW = "new", "新增"
        CHANGED = "changed", "变更"
        UNCHANGED = "unchanged", "无变化"
        DUPLICATE = "duplicate", "重复"
        HELD = "held", "待处理"
        REFUSED = "refused", "退回"

    id = models.BigAutoField(primary_key=True)
    # importrow_batch_number and importrow_outcome begin with it.
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField("行号")
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.NEW)
    key = models.BinaryField(null=True)
    target = models.UUIDField(null=True)
    writes = models.JSONField(default=dict)
    shown = models.JSONField(default=dict)
    messages = models.JSONField(default=list)
    diff = models.JSONField(default=list, db_default=[])
    before = models.JSONField(default=dict, db_default={})
    # What was answered to the questions of a held row, each by its code: {"name": "ledger"}.
    decisions = models.JSONField(default=dict, db_default={})
    # Taken back after it was applied.
    is_undone = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = "导入行"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="importrow_batch_number")
        ]
        indexes = [models.Index(fields=["batch", "outcome"], name="importrow_outcome")]

    def __str__(self) -> str:
        return f"第 {self.number} 行"

    @property
    def has_writes(self) -> bool:
        return any(self.writes["insert"].values()) or any(self.writes["update"].values())

    def staged(self, model: str) -> list[dict[str, Any]]:
        """The records that the row would insert if it met nothing."""
        found: list[dict[str, Any]] = self.writes["staged"]["insert"].get(model, [])
        return found

    def inserts(self, model: str) -> list[dict[str, Any]]:
        """The records that the row inserts, which may be added to."""
        found: list[dict[str, Any]] = self.writes["insert"].setdefault(model, [])
        return found

    def changes(self, model: str, key: Any) -> dict[str, Any]:
        """The columns that the row sets of a known record, with its id; {} where it sets none."""
        updates = self.writes["update"].get(model, [])
        return next((update for update in updates if update["id"] == str(key)), {})

    def change(self, model: str, key: Any, **columns: Any) -> None:
        """Set columns of a known record."""
        if changes := self.changes(model, key):
            changes.update(columns)
        else:
            update = {"id": str(key), **columns}
            self.writes["update"].setdefault(model, []).append(update)

    @property
    def is_applied(self) -> bool:
        """Whether the registry holds what the row says because of this batch."""
        written = self.outcome in {self.Outcome.NEW, self.Outcome.CHANGED}
        return written and self.batch.applied_at is not None and not self.is_undone
