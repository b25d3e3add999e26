"""What a worker asks to have corrected in the own record."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.audit.history import tracked
from talent.codes import RequestState
from talent.people.records import PersonalRecord


@tracked
class ChangeRequest(PersonalRecord):
    """A worker asks to correct her record; a county reviewer decides.

    `changes` maps a field name to {"old": ..., "new": ...} as JSON values. Name and ID
    document are included as they stand in the form except the ID number, which is never
    changed this way. `other` says in words what is wrong in posts, certificates and the
    like: the reviewer mends these by hand.
    """

    changes = models.JSONField("变更内容", default=dict)
    other = models.CharField("其他更正", max_length=500, blank=True, default="", db_default="")
    reason = models.CharField("申请说明", max_length=200)
    state = models.CharField(
        "状态", max_length=1, choices=RequestState, default=RequestState.PENDING
    )
    requested_by = models.ForeignKey(
        "core.User", models.PROTECT, related_name="+", verbose_name="申请人"
    )
    decided_by = models.ForeignKey(
        "core.User", models.PROTECT, null=True, related_name="+", verbose_name="审核人"
    )
    decided_at = models.DateTimeField("审核时间", null=True)
    decision_reason = models.CharField("审核意见", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "变更申请"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state=RequestState.PENDING),
                name="changerequest_one_pending",
                violation_error_message="已有一份待审核的变更申请。",
            )
        ]

    def __str__(self) -> str:
        return f"变更申请（{self.get_state_display()}）"
