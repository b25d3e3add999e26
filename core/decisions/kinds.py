"""What can be asked and granted, each declared once.

    TRANSFER = DecisionKind(
        code="transfers", model=TransferRequest, permission="talent.decide_transferrequest",
        grant=move, days=15, grants_by_default=True, waiting="待处理的转入转出申请",
    )

`decide(TRANSFER, request, by=user)` then does what every kind has in common (never one's own,
permission, scope, one at a time, a reason for a refusal, both sides told) and calls `grant` for
what is this kind's own. A new kind is one function and one declaration.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from core.audit.history import last_writer
from core.decisions.models import Decision, State
from core.guards import ELSEWHERE
from core.notices.causes import declare_cause
from core.notices.waiting import Waiting, is_county_or_below, register_waiting

# Code -> kind; tests and the due task walk them all.
KINDS: dict[str, DecisionKind] = {}


class Judgement(NamedTuple):
    """What a decision comes to: the state, what was done in words, the reason."""

    state: State
    outcome: str
    reason: str


@dataclass(frozen=True, kw_only=True, eq=False)
class DecisionKind:
    """A kind of request, or of approval of a record as it stands.

    grant       (record, by=, reason=, **answers): what is done when it is granted. The record
                is locked, a request says already that it was granted; `by` is None by default
    effect      what granting does, in words: shown before, kept with the request afterwards
    judge       (record, state, reason, **answers) -> Judgement, where a request is answered in
                parts; may set columns of the request
    check       raises RuleError for a record that is not decided any more
    vouched     fields whose last writer counts as who asked, () for any field; None where only
                who asked does
    pending     records that wait; a request's own `waits` otherwise
    days        until when it is to be answered; then it is overdue, or granted by default
    about       path to the record that a request is about, "" where it is about several
    asked       a new request -> what others are told than who decides it, None for nobody
    message     a decided request -> what whoever asked is told (arguments of notify)
    """

    code: str
    model: type[Any]
    permission: str
    grant: Callable[..., Any]
    effect: Callable[[Any], str] = lambda record: ""
    judge: Callable[..., Judgement] | None = None
    check: Callable[[Any], None] | None = None
    vouched: tuple[str, ...] | None = None
    pending: Q | None = None
    days: int = 0
    grants_by_default: bool = False
    about: str = "person"
    asked: Callable[[Any], dict[str, Any] | None] | None = None
    message: Callable[[Any], dict[str, Any]] | None = None
    # In words: the matter, a refusal of the own one, of another side's, of one without reason.
    noun: str = "申请"
    own: str = "不能处理自己提交的申请，请由另一位审核员处理。"
    elsewhere: str = ELSEWHERE
    why: str = "请写明不同意的理由，申请人可以看到。"
    # On the workbench: what waits, where it is listed, who is told besides who decides.
    waiting: str
    hint: str = ""
    listed: str = "?state=todo"
    watched_by: str = ""
    is_upkeep: bool = False
    told: str = ""
    told_hint: str = ""
    # Beside the record that it is about, while it waits.
    task: str = ""

    def __post_init__(self) -> None:
        KINDS[self.code] = self
        if self.message is not None:
            declare_cause(self.model)
        name, label = self.model._meta.model_name, self.model._meta.app_label
        register_waiting(
            Waiting(
                code=self.code,
                label=self.waiting,
                hint=self.hint,
                permission=self.watched_by or self.permission,
                count=lambda user: self.to_decide_by(user).count(),
                url=f"{name}_list",
                query=self.listed,
                is_decision=not self.is_upkeep,
                **({"applies": is_county_or_below} if self.is_upkeep else {}),
            )
        )
        if self.told:
            register_waiting(
                Waiting(
                    code=f"{self.code}-settled",
                    label=self.told,
                    hint=self.told_hint,
                    permission=f"{label}.view_{name}",
                    count=lambda user: self.model.objects.settled_for(user).count(),
                    url=f"{name}_list",
                    query="?state=settled",
                    applies=is_county_or_below,
                )
            )

    @property
    def is_request(self) -> bool:
        """A row of its own says what was asked; else a record is approved as it stands."""
        return issubclass(self.model, Decision)

    def to_decide_by(self, user: Any) -> QuerySet[Any]:
        """The queue: what of this kind waits for a user."""
        rows = self.model.objects
        if self.is_request:
            return rows.to_decide_by(user)
        return rows.for_user(user).filter(self.pending or Q())

    def may_decide(self, record: Any, user: Any) -> bool:
        """Whether a record waits for this user."""
        return bool(user.has_perm(self.permission)) and (
            self.to_decide_by(user).filter(pk=record.pk).exists()
        )

    def is_own(self, record: Any, user: Any) -> bool:
        """Whether the user asked, or wrote what is to be vouched for."""
        if self.is_request and record.requested_by_id == user.pk:
            return True
        return self.vouched is not None and last_writer(record, *self.vouched) == str(user.pk)

    def is_on_side(self, record: Any, user: Any) -> bool:
        side = self.model.side_of(user) if self.is_request else Q()
        return not side or self.model.objects.filter(side, pk=record.pk).exists()

    def due_from(self, day: datetime.date) -> datetime.date | None:
        """Until when a request of that day is to be answered."""
        return day + datetime.timedelta(days=self.days) if self.days else None

    def judged(self, record: Any, state: State, reason: str, **answers: Any) -> Judgement:
        if self.judge is not None:
            return self.judge(record, state, reason, **answers)
        return Judgement(state, "" if state == State.REFUSED else self.effect(record), reason)


def kind_of(record: Any) -> DecisionKind | None:
    """The kind of requests that a row or a model is of."""
    return next((kind for kind in KINDS.values() if kind.model._meta == record._meta), None)


def waiting_about(record: Any, user: Any) -> list[dict[str, Any]]:
    """What about a record waits for an answer: words, since when, whose row."""
    found = []
    for kind in KINDS.values():
        if not (kind.task and kind.is_request and kind.about):
            continue
        target = kind.model._meta.get_field(kind.about).related_model
        if target is not type(record):
            continue
        name, label = kind.model._meta.model_name, kind.model._meta.app_label
        if not user.has_perm(f"{label}.view_{name}"):
            continue
        rows = kind.model.objects.for_user(user).pending().filter(**{kind.about: record})
        found += [{"label": kind.task, "since": row.created_at, "row": row} for row in rows]
    return found
