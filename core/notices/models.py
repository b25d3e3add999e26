"""What somebody should know or do: one table of messages, whatever they are about."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from core.accounts.roles import permissions_of
from core.notices.causes import seen_by
from core.pointers import url_of

# Length of a county's code: the records are kept there and below.
_COUNTY = 6


class NoticeQuerySet(models.QuerySet["Notice"]):
    def for_user(self, user: Any) -> Self:
        """What is addressed to the account, and to the office it works for.

        An office's message is read where the region it names is worked in: by those of that
        very region and, from the county down, by those above it. A message is about a record
        and goes where that goes: an office that does not see the record does not see the
        message, whoever it was addressed to.
        """
        if not getattr(user, "is_active", False):
            return self.none()
        if not user.has_record_scope:
            return self.filter(to=user)
        region = Q(region=user.region_id)
        if len(user.region_id) >= _COUNTY:
            region = Q(region__code__startswith=user.region_id)
        told = Q(to=user) | region & Q(permission__in=permissions_of(user.role))
        return self.filter(told & seen_by(user))

    def open(self) -> Self:
        """Neither done with by somebody nor settled by itself."""
        return self.filter(done_at=None, closed_at=None)

    def by_due_day(self) -> Self:
        return self.order_by(F("due_on").asc(nulls_last=True), "-created_at", "id")


class Notice(models.Model):
    """A message to an account, or to everybody in a region with a permission.

    `key` says what it is and about what, so that it is written once however often it is
    asked for. It is done with when somebody says so (for all whom it is addressed to: of an
    office one is enough) and closed when its cause is gone. `subject` and `person` are whom
    it names, for those who may see the record.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=160)
    code = models.CharField("种类", max_length=40)
    text = models.CharField("内容", max_length=200)
    subject = models.CharField("对象", max_length=60, default="")
    person = models.UUIDField("涉及人员", null=True)
    record_label = models.CharField("缘由类型", max_length=60)
    record_id = models.UUIDField("缘由记录")
    link = models.CharField("链接", max_length=200, default="")
    due_on = models.DateField("期限", null=True)
    to = models.ForeignKey(
        "core.User", models.PROTECT, null=True, related_name="+", verbose_name="收件账号"
    )
    region = models.ForeignKey(
        "core.Region", models.PROTECT, null=True, related_name="+", verbose_name="收件地区"
    )
    permission = models.CharField("收件权限", max_length=80, default="")
    created_at = models.DateTimeField("时间", db_default=Now())
    done_at = models.DateTimeField("知道时间", null=True)
    done_by = models.ForeignKey(
        "core.User", models.PROTECT, null=True, related_name="+", verbose_name="知道人"
    )
    closed_at = models.DateTimeField("了结时间", null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "提醒"
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="notice_key"),
            models.CheckConstraint(
                condition=Q(to__isnull=False, region=None, permission="")
                | Q(to=None, region__isnull=False) & ~Q(permission=""),
                name="notice_to_one_or_to_an_office",
            ),
        ]
        indexes = [
            models.Index(
                fields=["region", "permission"],
                condition=Q(done_at=None, closed_at=None),
                name="notice_open_region",
            ),
            models.Index(fields=["record_id"], name="notice_record"),
            models.Index(fields=["code"], condition=Q(closed_at=None), name="notice_unclosed_code"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.text}".strip()

    @property
    def address(self) -> str:
        """Where the matter is settled: the link, else the page of the record."""
        return self.link or url_of(self.record_label, self.record_id)
