"""Requests to take a person over to another county."""

from __future__ import annotations

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Left, Now
from django.utils import timezone

from core.audit.history import tracked
from core.models import Record
from core.scoping import ScopedQuerySet
from talent.codes import RequestState
from talent.own.models import TOLD_DAYS
from talent.people.models import Person


class TransferRequestQuerySet(ScopedQuerySet):
    def for_user(self, user: Any) -> Self:
        """Requests that leave or enter the user's region.

        Who only asks sees the request, not the person behind it: `person` must be read
        through Person.objects.for_user.
        """
        if not getattr(user, "has_record_scope", False) or not user.is_active:
            return self.none()
        return self.filter(
            Q(from_region__code__startswith=user.region_id)
            | Q(to_region__code__startswith=user.region_id)
        )

    def pending(self) -> Self:
        return self.filter(state=RequestState.PENDING)

    def overtaken(self) -> Self:
        """Pending ones about people who have got to another county since."""
        was = Coalesce(Left("from_region_id", 6), Value(""))
        now = Coalesce(Left("person__region_id", 6), Value(""))
        return self.pending().alias(was=was, now=now).exclude(was=F("now"))

    def withdraw(self, reason: str) -> int:
        return self.update(
            state=RequestState.WITHDRAWN,
            decision_reason=reason,
            decided_at=Now(),
            version=F("version") + 1,
        )

    def settled_for(self, user: Any) -> Self:
        """What others, the fifteen days or the events decided lately: both sides are told."""
        since = timezone.now() - datetime.timedelta(days=TOLD_DAYS)
        answers = (RequestState.ACCEPTED, RequestState.REFUSED, RequestState.DEFAULTED)
        settled = Q(state__in=answers) | Q(state=RequestState.WITHDRAWN, decided_by=None)
        rows = self.for_user(user).filter(settled, decided_at__gte=since)
        return rows.exclude(decided_by=user)

    def to_decide_by(self, user: Any) -> Self:
        """Pending requests whose deciding side is the user's, without the user's own."""
        inside = Q(direction="in", from_region__code__startswith=user.region_id) | Q(
            direction="out", to_region__code__startswith=user.region_id
        )
        return self.for_user(user).pending().filter(inside).exclude(requested_by=user)


@tracked
class TransferRequest(Record):
    """A person is to move to another county.

    The side that did not ask decides; without an answer by `due_on` (15 days) it is
    accepted by default. `post` holds the post proposed at the destination as plain codes
    and names, never an ID number or phone.
    """

    scope_field = "to_region"

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="transfers", verbose_name="人员"
    )
    from_region = models.ForeignKey(
        "core.Region", models.PROTECT, null=True, related_name="+", verbose_name="转出地"
    )
    to_region = models.ForeignKey(
        "core.Region", models.PROTECT, related_name="+", verbose_name="转入地"
    )
    # "in": the destination asks and the origin decides; "out": the other way round.
    direction = models.CharField(
        "方向", max_length=3, choices=[("in", "申请转入"), ("out", "申请转出")]
    )
    post = models.JSONField("拟任岗位", default=dict, blank=True)
    reason = models.CharField("事由", max_length=200)
    state = models.CharField(
        "状态", max_length=1, choices=RequestState, default=RequestState.PENDING
    )
    requested_by = models.ForeignKey(
        "core.User", models.PROTECT, related_name="+", verbose_name="申请人"
    )
    due_on = models.DateField("默认同意日期")
    decided_by = models.ForeignKey(
        "core.User", models.PROTECT, null=True, related_name="+", verbose_name="处理人"
    )
    decided_at = models.DateTimeField("处理时间", null=True)
    decision_reason = models.CharField("处理意见", max_length=200, blank=True, default="")

    objects = TransferRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "转入转出"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state=RequestState.PENDING),
                name="transferrequest_one_pending",
                violation_error_message="该人员已有待处理的转入转出申请。",
            )
        ]

    @property
    def is_overtaken(self) -> bool:
        """Whether the person has got to another county since somebody asked."""
        return (self.from_region_id or "")[:6] != (self.person.region_id or "")[:6]

    def __str__(self) -> str:
        return f"{self.get_direction_display()}（{self.get_state_display()}）"

    @property
    def deciding_region_id(self) -> str | None:
        """The region whose reviewer or clerk decides."""
        return self.from_region_id if self.direction == "in" else self.to_region_id
