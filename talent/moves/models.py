"""Requests to take a person over to another county."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import BooleanField, Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Left

from core.audit.history import tracked
from core.decisions.models import Decision, DecisionQuerySet
from core.models import Record
from core.regions.names import place_name
from talent.codes import RequestState
from talent.people.models import Person

# Who only asks sees neither the person nor more of the place than the county (R4).
UNKNOWN = "（接收后可见）"
COUNTY_LENGTH = 6
_MOVED = (RequestState.ACCEPTED, RequestState.DEFAULTED)


class TransferRequestQuerySet(DecisionQuerySet):
    def for_user(self, user: Any) -> Self:
        """Requests that leave or enter the user's region.

        Who only asks sees the request, not the person behind it: `person` must be read
        through Person.objects.for_user, or from rows that are `known_to` the reader.
        """
        if not getattr(user, "has_record_scope", False) or not user.is_active:
            return self.none()
        return self.in_region(user.region_id)

    def in_region(self, code: str) -> Self:
        return self.filter(
            Q(from_region__code__startswith=code) | Q(to_region__code__startswith=code)
        )

    def known_to(self, user: Any) -> Self:
        """The rows with `is_known`: whether this reader may see whom a request is about, which
        are the own side, while it is open who decides, and where she has left from who sent
        her: she was theirs, and they are to see what became of it."""
        region = getattr(user, "region_id", None) or "-"
        decides = TransferRequest.waits() & TransferRequest.side_of(user)
        has_left = Q(state__in=_MOVED, from_region__code__startswith=region)
        own = Q(person__region__code__startswith=region)
        known = own | (decides & Q(was=F("now"))) | has_left
        return self._placed().annotate(
            is_known=Case(When(known, then=True), default=False, output_field=BooleanField())
        )

    def overtaken(self) -> Self:
        """Pending ones about people who have got to another county since."""
        return self.pending()._placed().exclude(was=F("now"))

    def _placed(self) -> Self:
        """The county that the person was in when somebody asked, and the one now."""
        return self.alias(
            was=Coalesce(Left("from_region_id", COUNTY_LENGTH), Value("")),
            now=Coalesce(Left("person__region_id", COUNTY_LENGTH), Value("")),
        )


@tracked
class TransferRequest(Decision, Record):
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
    state = models.CharField(
        "状态", max_length=1, choices=RequestState, default=RequestState.PENDING, editable=False
    )
    due_on = models.DateField("默认同意日期", editable=False)

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

    def __str__(self) -> str:
        return f"{self.get_direction_display()}（{self.get_state_display()}）"

    @classmethod
    def side_of(cls, user: Any) -> Q:
        """The side that did not ask; of who was nowhere the province is the origin."""
        region = getattr(user, "region_id", None) or "-"
        leaves = Q(from_region__code__startswith=region)
        if region == settings.PROVINCE_CODE:
            leaves |= Q(from_region=None)
        return (Q(direction="in") & leaves) | Q(direction="out", to_region__code__startswith=region)

    @property
    def is_overtaken(self) -> bool:
        """Whether the person has got to another county since somebody asked."""
        was, now = self.from_region_id or "", self.person.region_id or ""
        return was[:COUNTY_LENGTH] != now[:COUNTY_LENGTH]

    @property
    def asking_region_id(self) -> str | None:
        """The region of the side that asked."""
        return self.to_region_id if self.direction == "in" else self.from_region_id

    # --- As a reader may know it: of rows that are `known_to` her --------------------------
    @property
    def known_person_id(self) -> Any:
        return self.person_id if getattr(self, "is_known", False) else None

    @property
    def known_person(self) -> Person | str:
        return UNKNOWN if self.known_person_id is None else self.person

    @property
    def known_name(self) -> str:
        return str(self.known_person)

    @property
    def known_origin_id(self) -> str:
        origin = self.from_region_id or ""
        return origin if self.known_person_id else origin[:COUNTY_LENGTH]

    @property
    def known_origin(self) -> str:
        return place_name(self.known_origin_id)
