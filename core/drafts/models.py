"""What somebody has typed into a long form and not sent yet."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.secrecy.fields import EncryptedTextField


class DraftQuerySet(models.QuerySet["Draft"]):
    def of(self, user: Any) -> Self:
        """One's own, as long as they are kept."""
        since = timezone.now() - datetime.timedelta(days=settings.DRAFT_DAYS)
        return self.filter(user=user.pk, saved_at__gte=since)


class Draft(models.Model):
    """The fields of one form of one user, encrypted: they may hold an ID number.

    `form` is the form's own name, its address and what it belongs to. Nobody else reads it,
    no list shows it, and it is gone once the form was saved or after DRAFT_DAYS.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey("core.User", models.CASCADE, related_name="+")
    form = models.CharField(max_length=200)
    # As a form sends them: application/x-www-form-urlencoded.
    fields = EncryptedTextField(purpose="draft")
    saved_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = "草稿"
        constraints = [models.UniqueConstraint(fields=["user", "form"], name="draft_user_form")]
        indexes = [models.Index(fields=["saved_at"], name="draft_saved_at")]

    def __str__(self) -> str:
        return self.form
