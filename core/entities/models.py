"""What all records have in common, and how one looks at their lists."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from core.audit.history import tracked
from core.jobs.models import Job
from core.scoping import ScopedModel


class Record(ScopedModel):
    """A record with a random public id, a version against lost updates, and its times.

    The id stands in addresses; it is random, so that nothing can be guessed or counted
    from it. `version` grows by one with every edit through a form or action; a form that
    was opened on an older version is shown both values instead of overwriting.

    `dated_columns`: columns that count as of a day, with the one that says since when
    (core.entities.former). `only_names`: it names other records and says nothing of them, so
    that an import which changed those can still be undone, though not one that made them
    (core.ledgers.applying).
    """

    dated_columns: ClassVar[dict[str, str]] = {}
    only_names: ClassVar[bool] = False

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField("版本", default=1, db_default=1, editable=False)
    created_at = models.DateTimeField("建档时间", db_default=Now(), editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True, db_default=Now())

    class Meta:
        abstract = True


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def for_user(self, user: Any) -> Self:
        """One's own: nobody sees what somebody else looks for."""
        return self.filter(user=user) if user.is_authenticated else self.none()


class SavedView(models.Model):
    """Filters, columns and order of a list under a name, kept for the one who named them.

    `query` is what stands behind the list's address, in one order, so that it is known again.
    It never holds anybody's number (core.entities.saved).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey("core.User", models.CASCADE, related_name="+")
    entity = models.CharField("名单", max_length=60)
    name = models.CharField("名称", max_length=20)
    query = models.CharField("条件", max_length=2000)
    is_default = models.BooleanField("默认打开", default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = "常用筛选"
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "entity", "name"],
                name="savedview_name",
                violation_error_message="已有同名的常用筛选。",
            ),
            models.UniqueConstraint(
                fields=["user", "entity"],
                condition=models.Q(is_default=True),
                name="savedview_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class FormerValue(models.Model):
    """What a dated column of a record held in [since, until); ever since where `since` is null."""

    model = models.CharField("类型", max_length=60)
    object_id = models.UUIDField("记录")
    column = models.CharField("栏", max_length=40)
    value = models.CharField("原值", max_length=80, blank=True, default="")
    since = models.DateField("自", null=True)
    until = models.DateField("至")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "变更前的值"
        constraints = [
            models.UniqueConstraint(
                fields=["model", "column", "object_id", "until"], name="formervalue_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(since__lt=F("until")), name="formervalue_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.until}"


class ExportQuerySet(models.QuerySet["Export"]):
    def of(self, user: Any) -> Self:
        """One's own: nobody else fetches them."""
        return self.filter(by=user.pk)

    def unfinished(self) -> Self:
        return self.filter(job__status__in=[Job.Status.QUEUED, Job.Status.RUNNING])

    def to_fetch(self) -> Self:
        """Made, there, and not fetched yet."""
        return self.exclude(file_path="").filter(fetched_at=None)


class Export(models.Model):
    """A file of many rows that a job makes and that waits for who asked (core.entities.exporting).

    The job's payload is the request that it answers. The file is encrypted and goes after
    EXPORT_HOURS; the row stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.OneToOneField(Job, models.CASCADE, related_name="export")
    by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    words = models.CharField(max_length=300, default="")
    # Permissions that it was made with, which who fetches it still has to have.
    needs = models.JSONField(default=list)
    # Of the media store, "" before it is made and once it has gone.
    file_path = models.CharField(max_length=80, default="")
    file_name = models.CharField(max_length=120, default="")
    fetched_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = "导出文件"
        indexes = [models.Index(fields=["by", "-created_at"], name="export_by")]

    def __str__(self) -> str:
        return self.title

    @property
    def kept_until(self) -> datetime.datetime | None:
        """When a file that is there goes."""
        made = self.job.finished_at
        hours = datetime.timedelta(hours=settings.EXPORT_HOURS)
        return made + hours if made and self.file_path else None


class StepQuerySet(models.QuerySet["Step"]):
    def standing(self) -> Self:
        """Not taken back, and young enough to be."""
        since = timezone.now() - datetime.timedelta(days=settings.UNDO_DAYS)
        return self.filter(undone_at=None, at__gt=since)


class Step(models.Model):
    """What an action did to a record, so that it can be taken back (core.entities.steps).

    `events`: label of a model -> the first and the last number of the history's rows that were
    written while it was done; those of `context` among them are its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_label = models.CharField("类型", max_length=60)
    record_id = models.UUIDField("记录")
    action = models.CharField("办理", max_length=40)
    label = models.CharField("名称", max_length=40)
    by = models.ForeignKey("core.User", models.PROTECT, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("时间", db_default=Now(), editable=False)
    reason = models.CharField("事由", max_length=200, blank=True, default="")
    context = models.UUIDField("历史")
    events = models.JSONField("写入", default=dict)
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone_by = models.ForeignKey(
        "core.User", models.PROTECT, null=True, related_name="+", verbose_name="撤销人"
    )
    undone_reason = models.CharField("撤销事由", max_length=200, blank=True, default="")

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = "办理"
        ordering = ["-at"]
        indexes = [models.Index(fields=["record_id", "-at"], name="step_record")]

    def __str__(self) -> str:
        return self.label

    def wrote(self, event: models.Model) -> bool:
        """Whether an entry of a log may be of this step, by its number."""
        low, high = self.events.get(event._meta.label_lower, (1, 0))
        return bool(low <= event.pk <= high)
