"""Lists by which certificates were brought in, each verified as a whole by a second person."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.audit.history import tracked
from core.decisions.models import Decision
from core.models import Record


@tracked
class NameList(Decision, Record):
    """A list (a pass list, say) whose certificates are to be verified by it, all at once.

    `said` is what the list said when it was taken in, as [{"id", "level", "number",
    "approved_on"}, …]: what was changed since is not verified by it.
    """

    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="填报单位辖区")
    name = models.CharField("名单", max_length=120)
    batch = models.UUIDField(null=True, editable=False)
    count = models.PositiveIntegerField("证书本数", default=0)
    said = models.JSONField(default=list)
    # The list itself says why.
    reason = None  # type: ignore[assignment]

    class Meta:
        verbose_name = "名单核验"
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def keys(self) -> list[Any]:
        return [one["id"] for one in self.said]
