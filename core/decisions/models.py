"""The columns of what one asks and another grants, and what of it waits for whom.

A kind of request is a model of this base beside Record (or a part of a person) and a
DecisionKind; a record that is only approved as it stands needs the kind alone.
"""

from __future__ import annotations

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from core.dates import today
from core.scoping import ScopedQuerySet

# How long the result of a request stands on the workbench of both sides.
TOLD_DAYS = 15


class State(models.TextChoices):
    """What became of a request. A model words these values in its own way, as choices."""

    PENDING = "1", "待处理"
    GRANTED = "2", "已同意"
    REFUSED = "3", "已拒绝"
    WITHDRAWN = "4", "已撤回"
    DEFAULTED = "5", "到期自动同意"
    PARTLY = "6", "部分同意"


COLOURS: dict[Any, str] = {
    State.PENDING: "attention",
    State.GRANTED: "good",
    State.PARTLY: "info",
    State.DEFAULTED: "good",
    State.REFUSED: "wrong",
}


class DecisionQuerySet(ScopedQuerySet):
    def pending(self) -> Self:
        return self.filter(self.model.waits())

    def to_decide_by(self, user: Any) -> Self:
        """What waits for a user: of the own side, and not asked by the same hand."""
        return self.for_user(user).filter(self.model.waits_for(user))

    def settled_for(self, user: Any) -> Self:
        """What the other side, the due date or the events decided lately."""
        return self.for_user(user).filter(self.model.told_to(user))

    def withdraw(self, reason: str) -> int:
        """Withdrawn by what happened meanwhile, by nobody's hand."""
        return self.update(
            state=State.WITHDRAWN,
            decision_reason=reason,
            decided_at=Now(),
            version=F("version") + 1,
        )


class Decision(models.Model):
    """Something is asked; somebody else grants or refuses it, and the record says what was done.

    Only core.decisions.actions writes these columns.
    """

    state = models.CharField(
        "状态", max_length=1, choices=State, default=State.PENDING, editable=False
    )
    requested_by = models.ForeignKey(
        "core.User", models.PROTECT, related_name="+", editable=False, verbose_name="申请人"
    )
    reason = models.CharField("事由", max_length=200)
    due_on = models.DateField("办理期限", null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        "core.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name="处理人",
    )
    decided_at = models.DateTimeField("处理时间", null=True, blank=True, editable=False)
    decision_reason = models.CharField(
        "处理意见", max_length=200, blank=True, default="", editable=False
    )
    outcome = models.TextField("办理结果", blank=True, default="", editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        abstract = True

    # --- Conditions -----------------------------------------------------------------------
    @classmethod
    def waits(cls) -> Q:
        """What nobody has answered yet."""
        return Q(state=State.PENDING)

    @classmethod
    def side_of(cls, user: Any) -> Q:
        """Requests that the user's side decides, of those in the user's reach."""
        return Q()

    @classmethod
    def waits_for(cls, user: Any) -> Q:
        return cls.waits() & cls.side_of(user) & ~Q(requested_by=user)

    @classmethod
    def overdue(cls) -> Q:
        """What should have been answered before today."""
        return cls.waits() & Q(due_on__lt=today())

    @classmethod
    def told_to(cls, user: Any) -> Q:
        answered = ~Q(state__in=[State.PENDING, State.WITHDRAWN])
        by_events = Q(state=State.WITHDRAWN, decided_by=None)
        since = timezone.now() - datetime.timedelta(days=TOLD_DAYS)
        # By no hand of the own side, unless it was the user who asked.
        by_others = Q(decided_by=None) | Q(requested_by=user) | ~cls.side_of(user)
        lately = Q(decided_at__gte=since) & ~Q(decided_by=user)
        return (answered | by_events) & lately & by_others

    # --- One request ----------------------------------------------------------------------
    @property
    def is_pending(self) -> bool:
        return self.state == State.PENDING

    @property
    def days_over(self) -> int:
        """Days since it should have been answered; 0 while there is time, and for what was."""
        if not self.is_pending or self.due_on is None:
            return 0
        return max(0, (today() - self.due_on).days)
