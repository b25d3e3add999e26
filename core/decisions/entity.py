"""What the lists of requests have in common: whose turn it is, what became of it, since when.

TRANSFERS = requests_of(TRANSFER, prefix="transfers/", columns="known_name …", …)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Case, IntegerField, Q, When
from django.utils.html import format_html

from core.decisions.kinds import DecisionKind
from core.decisions.models import COLOURS, Decision
from core.decisions.pages import DecisionPage
from core.entities.columns import Column
from core.entities.declarations import Action
from core.entities.entity import Entity
from core.entities.filters import Between, ChecksFilter
from core.entities.forms import ActionForm, ReasonField

TO_DECIDE, SETTLED, OVERDUE = "todo", "settled", "overdue"


class StateFilter(ChecksFilter):
    """Any of: 待我处理, 已逾期, 近期有结果, and the states themselves."""

    def __init__(self, kind: DecisionKind) -> None:
        self.model = kind.model
        super().__init__(label="状态", choices=state_choices(kind))

    def filter(self, qs: Any, value: list[str]) -> Any:
        user, named = self.parent.request.user, {}
        named[TO_DECIDE] = self.model.waits_for(user)
        named[SETTLED] = self.model.told_to(user)
        named[OVERDUE] = self.model.overdue()
        condition = Q()
        for one in value:
            condition |= named.get(one, Q(state=one))
        return qs.filter(condition)


def state_choices(kind: DecisionKind) -> list[tuple[str, str]]:
    """(value, words): what is asked for every day first."""
    is_late = [] if kind.grants_by_default or not kind.days else [(OVERDUE, "已逾期")]
    states = kind.model._meta.get_field("state").choices
    return [(TO_DECIDE, "待我处理"), *is_late, (SETTLED, "近期有结果"), *states]


def until(record: Decision) -> Any:
    """Until when an answer is due, or by how long it is late; nothing once it was given."""
    if record.days_over:
        return format_html('<span class="tag is-wrong">已逾期 {} 天</span>', record.days_over)
    return f"{record.due_on:%Y-%m-%d}" if record.is_pending and record.due_on else ""


def until_column(label: str, **options: Any) -> Column:
    return Column("due_on", label, value=until, sort=("due_on",), css="nowrap", **options)


def rows_of(model: type[Any]) -> Callable[[Any], Any]:
    """Rows in reach, the overdue ones to be put first."""

    def rows(user: Any) -> Any:
        late = Case(When(model.overdue(), then=0), default=1, output_field=IntegerField())
        return model.objects.for_user(user).annotate(lateness=late)

    return rows


_HINT = "不同意时请写明原因，对方可以看到。"


class AnswerForm(ActionForm):
    """An answer to a request: the button says which."""

    reason = ReasonField(label="意见", required=False, help_text=_HINT)


class RefuseForm(AnswerForm):
    """The same words on the page; a refusal needs them."""

    reason = ReasonField(label="意见", help_text=_HINT)


def answer(
    kind: DecisionKind, code: str, label: str, run: Callable[..., Any], **options: Any
) -> Action:
    """An answer that the record's page offers to whom it waits for."""
    given: dict[str, Any] = {
        "form": AnswerForm,
        "permission": kind.permission,
        "when": lambda record: record.is_pending,
        "offered": kind.may_decide,
        "is_answer": True,
    }
    return Action(code, label, run=run, **given | options)


def requests_of(kind: DecisionKind, **declaration: Any) -> Entity:
    """The entity of a kind of requests: a list, a page to decide on, history and export."""
    common: dict[str, Any] = {
        "model": kind.model,
        "is_created_alone": False,
        # An answer is given on the page itself; a new one has its own way in.
        "only": "list export detail history",
        "rows": rows_of(kind.model),
        "order": "lateness -created_at -id",
        "state": "state",
        "colours": {"state": COLOURS},
        "filters": filters_of_requests(kind),
        "presets": presets_of(kind),
        "pages": {"detail": DecisionPage},
        "templates": {"detail": "decisions/detail.html"},
        "search_hint": "姓名、拼音、编号、证件号",
        "labels": {"created_at": "申请时间"},
    }
    return Entity(**common | declaration)


def filters_of_requests(kind: DecisionKind, *others: Any) -> tuple[Any, ...]:
    return (
        "region",
        ("state", StateFilter(kind)),
        *others,
        Between("created_at", "asked", "申请时间"),
    )


def presets_of(kind: DecisionKind) -> tuple[tuple[str, str], ...]:
    return (
        ("全部", ""),
        *((words, f"state={value}") for value, words in state_choices(kind)),
    )
