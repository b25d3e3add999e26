"""What a worker asks to have corrected in the own record."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.audit.history import tracked
from core.decisions.models import Decision
from talent.codes import CorrectionState
from talent.people.records import PersonalRecord


@tracked
class ChangeRequest(Decision, PersonalRecord):
    """A worker asks to correct her record; a county reviewer decides, item by item.

    `changes` maps a field name to {"old": ..., "new": ...} as JSON values. Name and ID
    document are included as they stand in the form except the ID number, which is never
    changed this way. `other` says in words what is wrong in posts, certificates and the
    like: the reviewer mends these by hand. `results` maps each of these (a field name, or
    "other") to {"done": whether it was corrected, "note": why not, or what was done}.
    """

    changes = models.JSONField("变更内容", default=dict)
    other = models.CharField("其他更正", max_length=500, blank=True, default="", db_default="")
    results = models.JSONField("逐项结果", default=dict, db_default={}, editable=False)
    reason = models.CharField("申请说明", max_length=200)
    state = models.CharField(
        "状态",
        max_length=1,
        choices=CorrectionState,
        default=CorrectionState.PENDING,
        editable=False,
    )
    due_on = models.DateField("答复期限", null=True, editable=False)
    decided_by = models.ForeignKey(
        "core.User",
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="审核人",
    )
    decided_at = models.DateTimeField("审核时间", null=True, editable=False)
    decision_reason = models.CharField(
        "审核意见", max_length=200, blank=True, default="", editable=False
    )

    class Meta:
        verbose_name = "变更申请"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state=CorrectionState.PENDING),
                name="changerequest_one_pending",
                violation_error_message="已有一份待审核的变更申请。",
            )
        ]

    def __str__(self) -> str:
        return f"变更申请（{self.get_state_display()}）"
