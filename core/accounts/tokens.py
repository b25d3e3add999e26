"""API tokens: hashed at rest, expiring, revocable, with the purpose they were made for."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from knox.models import AbstractAuthToken, AuthTokenManager


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def for_user(self, user: Any) -> ApiTokenQuerySet:
        """One's own tokens: nobody sees or revokes another's one by one."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(user=user)


class ApiToken(AbstractAuthToken):
    """A token acts with its user's role and region as they are at the time of the request.

    Only the SHA-512 of the token is kept. It opens the API and never a page.
    """

    public_id = models.UUIDField("编号", unique=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField("用途", max_length=60)

    objects = AuthTokenManager.from_queryset(ApiTokenQuerySet)()

    class Meta:
        verbose_name = "接口令牌"
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.purpose
