"""Claims to be one of the province's new key talents (T3)."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate

from core.audit.history import tracked
from core.decisions.models import Decision
from talent.codes import ClaimClass, ClaimState, NativeBasis, Origin
from talent.people.records import PersonalRecord


@tracked
class KeyTalentClaim(Decision, PersonalRecord):
    """A claim to be counted as a new key talent in one of three classes.

    `qualified_on` is the day the qualification was obtained (class B: the later of the
    two), not the day of entry.
    """

    claim_class = models.CharField("类别", max_length=1, choices=ClaimClass)
    qualified_on = models.DateField(
        "取得资格日期",
        help_text="取得资格的日期，不是填报日期；B 类为两项中较晚的一项。",
    )
    native_basis = models.CharField("黔籍依据", max_length=1, choices=NativeBasis)
    evidence = models.CharField(
        "证明材料",
        max_length=200,
        help_text="写明材料名称和编号，如 社会工作师证书 2022 年批次。",
    )
    origin = models.CharField("来源", max_length=1, choices=Origin, default=Origin.NEW)
    # The evidence says why.
    reason = None  # type: ignore[assignment]
    state = models.CharField(
        "认定结果",
        max_length=1,
        choices=ClaimState,
        default=ClaimState.PENDING,
        editable=False,
    )
    requested_by = models.ForeignKey(  # type: ignore[assignment]
        "core.User",
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="申报人",
    )
    decided_by = models.ForeignKey(
        "core.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name="认定人",
    )
    decided_at = models.DateTimeField("认定时间", null=True, blank=True, editable=False)
    decision_reason = models.CharField(
        "认定意见", max_length=200, blank=True, default="", editable=False
    )

    class Meta:
        verbose_name = "重点人才认定"
        ordering = ["-qualified_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "claim_class"],
                condition=Q(ended_on=None) & ~Q(state=ClaimState.REFUSED),
                name="keytalentclaim_once",
                violation_error_message="该人员已有同类别的认定。",
            )
        ]

    def __str__(self) -> str:
        return self.get_claim_class_display()

    @classmethod
    def waits(cls) -> Q:
        """One that was withdrawn as a mistake waits for nobody."""
        return super().waits() & Q(ended_on=None)

    @property
    def decided_on(self) -> datetime.date | None:
        return localdate(self.decided_at) if self.decided_at else None
