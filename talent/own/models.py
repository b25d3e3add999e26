"""How a worker gets an account of her own: codes, and tries to use one."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now

from talent.people.models import Person


class ActivationCode(models.Model):
    """A one-time code with which a person opens the own account; only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="activation_codes")
    code_hash = models.CharField(max_length=128)
    issued_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "激活码"
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return f"激活码（{self.expires_at:%Y-%m-%d} 前有效）"


class ActivationAttempt(models.Model):
    """One try to open an account, counted by address and by person; no number in clear."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    address = models.GenericIPAddressField()
    id_index = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = "激活尝试"
        indexes = [
            models.Index(fields=["address", "at"], name="activationattempt_address"),
            models.Index(fields=["id_index", "at"], name="activationattempt_person"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
