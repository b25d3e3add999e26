"""The forms that other offices ask for, and each time that one was filled."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.scoping import ScopedModel, ScopedQuerySet


class Every(models.TextChoices):
    """How often a form is asked for."""

    ONCE = "", "不定期"
    MONTH = "M", "每月"
    QUARTER = "Q", "每季"
    HALF = "H", "每半年"
    YEAR = "Y", "每年"

    @property
    def months(self) -> int:
        """How long one period is, 0 where there is none."""
        return {"M": 1, "Q": 3, "H": 6, "Y": 12}.get(self.value, 0)


class PaperFormQuerySet(ScopedQuerySet):
    def open_to(self, user: Any) -> Self:
        """The forms of a user's office, and those that an office above it has handed down."""
        if not getattr(user, "has_record_scope", False) or not user.is_active:
            return self.none()
        region = user.region_id
        above = [region[:length] for length in (2, 4, 6, 9) if length < len(region)]
        own = Q(region=region) | Q(is_shared=True, region__in=above)
        return self.filter(own, removed_at=None)


class PaperForm(ScopedModel):
    """A blank form that an office was sent: who asks, with which document, how often; the file as
    it came."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="填报单位辖区")
    by = models.ForeignKey("core.User", models.PROTECT, verbose_name="上传人")
    name = models.CharField("表名", max_length=120)
    asker = models.CharField("要表单位", max_length=80, blank=True, default="")
    document = models.CharField("依据文件", max_length=120, blank=True, default="")
    every = models.CharField("多久一次", max_length=1, choices=Every, blank=True, default="",
                             db_default="")  # fmt: skip
    # What was corrected of its lists: {sheet: {number of a column: attribute, "" for none}}.
    bindings = models.JSONField("列的来源", default=dict, db_default={})
    # The entities whose records its lists hold, as they were understood last; None where nobody
    # has looked yet.
    lists = models.JSONField("填哪些名单", null=True)
    # The offices below find it among theirs: bound once, filled by all.
    is_shared = models.BooleanField("下发给下级", default=False, db_default=False)
    file_path = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField("上传时间", db_default=Now())
    # Not asked for any more: it is listed no longer.
    removed_at = models.DateTimeField("移除时间", null=True)

    objects = PaperFormQuerySet.as_manager()

    class Meta:
        verbose_name = "外来表"
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """Its name without that of the kind of file."""
        return self.name.rsplit(".", 1)[0]


class Filling(models.Model):
    """One time that a form was filled: by whom, for which area and day, with how many rows.

    The file itself is not kept: its hash says whether a paper is the one that was made. What it
    says of people is nowhere kept, its figures are, to be laid beside those of the next time.
    """

    form = models.ForeignKey(PaperForm, models.CASCADE, related_name="fillings")
    by = models.ForeignKey("core.User", models.PROTECT, verbose_name="填写人")
    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="地区")
    day = models.DateField("截止日期")
    rows = models.PositiveIntegerField("行数", default=0)
    cells = models.PositiveIntegerField("填了几格", default=0, db_default=0)
    # The numbers of its statistical tables: [{"sheet", "cell", "says", "value"}, …].
    figures = models.JSONField("统计数", default=list, db_default=[])
    # What was typed by hand: [{"sheet", "cell", "value", "why"}, …].
    typed = models.JSONField("手工填的格", default=list, db_default=[])
    # What was written into it instead of its own lists: rows of a list as it was filtered.
    narrowed = models.CharField("名单条件", max_length=300, blank=True, default="", db_default="")
    is_clear = models.BooleanField("完整号码", default=False)
    reason = models.CharField("事由", max_length=200, blank=True, default="")
    serial = models.CharField("编号", max_length=12)
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField("填写时间", db_default=Now())

    class Meta:
        verbose_name = "填表记录"
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.serial

    @property
    def baseless(self) -> list[dict[str, Any]]:
        """The cells of growth that stayed empty, since nothing is known of the year before."""
        return [one for one in self.figures if one["value"] is None]
