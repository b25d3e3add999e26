"""A file of a record: what it is for, who added it, and where its bytes lie."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.attachments.owners import OWNERS, own_people
from core.audit.history import tracked


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def for_user(self, user: Any) -> Self:
        """Files of records in the user's scope; a worker's are those of her own record."""
        if not getattr(user, "is_active", False):
            return self.none()
        reached, people = Q(pk__in=[]), own_people(user)
        for owner in OWNERS.values():
            reached |= owner.reached_by(user, people)
        return self.filter(reached)

    def current(self) -> Self:
        return self.filter(removed_at=None)


@tracked
class Attachment(models.Model):
    """A photograph or PDF, kept encrypted in the media store under a random name.

    A removed one stays with its reason and can be put back: nothing is deleted from the
    interface. `sha256` is that of the file as it was sent, so that it is known again.
    """

    class Kind(models.TextChoices):
        JPG = "jpg", "照片"
        PNG = "png", "图片"
        PDF = "pdf", "PDF"

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    owner_label = models.CharField("所属记录类型", max_length=60)
    owner_id = models.UUIDField("所属记录")
    purpose = models.CharField("用途", max_length=40)
    name = models.CharField("文件名", max_length=120)
    kind = models.CharField("类型", max_length=3, choices=Kind)
    size = models.PositiveIntegerField("大小")
    sha256 = models.CharField(max_length=64)
    file_path = models.CharField(max_length=120)
    by = models.ForeignKey("core.User", models.PROTECT, related_name="+", verbose_name="上传人")
    added_at = models.DateTimeField("上传时间", db_default=Now())
    removed_at = models.DateTimeField("移除时间", null=True)
    removed_by = models.ForeignKey(
        "core.User", models.PROTECT, null=True, related_name="+", verbose_name="移除人"
    )
    removed_reason = models.CharField("移除原因", max_length=200, default="")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "附件"
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner_label", "owner_id", "sha256"],
                condition=Q(removed_at=None),
                name="attachment_once",
                violation_error_message="这个文件已经在这条记录里。",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(removed_by__isnull=False) & ~Q(removed_reason=""),
                name="attachment_removed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["owner_id"], name="attachment_owner")]

    def __str__(self) -> str:
        return self.name
