"""Corrections: their list, and the page on which they are decided item by item."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from core.decisions.entity import RefuseForm, answer, filters_of_requests, requests_of, until_column
from core.decisions.pages import DecisionPage
from core.entities.columns import Column
from core.entities.declarations import Section
from core.entities.filters import ChecksFilter
from core.entities.forms import ActionForm, FreeTextField, ReasonField
from core.entities.forms.fields import say_what_is_missing
from talent.corrections.actions import (
    CORRECTION,
    NOTE_LENGTH,
    approve_change,
    approve_unopened,
    decide_change,
    refuse_change,
)
from talent.corrections.items import (
    CORRECTABLE,
    OTHER,
    Item,
    items,
    label_of_item,
    names_of,
    present_mark,
)
from talent.corrections.models import ChangeRequest
from talent.people.belonging import PERSON_NAME
from talent.people.finding import by_person, holder_named_by

_DONE, _REFUSED = "done", "refused"


def _question(item: Item) -> str:
    change = item.new if item.is_other else f"{item.old or '空'} → {item.new or '空'}"
    return f"{item.label}：{change}"


class ItemsForm(ActionForm):
    """A conclusion and a note for each item of the request; cleaned, they are the answers and
    notes of the actions. A note in the end serves the items that have none of their own."""

    reason = ReasonField(
        label="意见", required=False, help_text="不予采纳时请写明理由，申请人可以看到。"
    )
    # Of the page that was decided on; the page itself writes it anew each time.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items(self.record, self.record.person)
        for item in self.items:
            self.fields[f"answer_{item.name}"] = forms.ChoiceField(
                label=_question(item),
                choices=[(_DONE, "已改"), (_REFUSED, "不予采纳")],
                required=False,
                widget=forms.RadioSelect,
            )
            asked = "不予采纳的理由"
            if item.is_other:
                asked = f"已改的写改了什么、改在哪条记录；{asked}"
            self.fields[f"note_{item.name}"] = FreeTextField(
                label=f"说明（{asked}）", required=False, max_length=NOTE_LENGTH
            )
        say_what_is_missing(self.fields)

    def questions(self) -> list[dict[str, Any]]:
        """Each item with its two fields."""
        return [
            {
                "item": item,
                "answer": self[f"answer_{item.name}"],
                "note": self[f"note_{item.name}"],
            }
            for item in self.items
        ]

    def clean(self) -> dict[str, Any]:
        given = {name: self.cleaned_data.get(name, "") for name in self.fields}
        answers = {item.name: given[f"answer_{item.name}"] for item in self.items}
        return {
            "answers": {name: said == _DONE for name, said in answers.items() if said},
            "notes": {item.name: given[f"note_{item.name}"] for item in self.items},
            "reason": given["reason"],
            "seen": given["seen"],
        }


class ApproveForm(ActionForm):
    reason = ReasonField(label="意见", required=False, help_text="申请人可以看到。")


class CorrectionPage(DecisionPage):
    def detail_context(self, record: Any) -> dict[str, Any]:
        asked = items(record, record.person)
        return super().detail_context(record) | {
            "title": f"{self.entity.label}：{record.person}",
            "items": asked,
            "seen": present_mark(record, record.person),
            "is_single": len(asked) == 1,
            "has_other": bool(record.other),
        }


class ItemFilter(ChecksFilter):
    """Requests that ask for any of some items."""

    def __init__(self) -> None:
        choices = [(name, label_of_item(name)) for name in (*CORRECTABLE, OTHER)]
        super().__init__(label="申请更正", choices=choices)

    def filter(self, qs: Any, value: list[str]) -> Any:
        fields = [name for name in value if name != OTHER]
        asked = Q(changes__has_any_keys=fields) if fields else Q()
        if OTHER in value:
            asked |= ~Q(other="")
        return qs.filter(asked) if value else qs


def _items_in_words(request: ChangeRequest) -> str:
    return "、".join(map(label_of_item, names_of(request)))


CORRECTIONS = requests_of(
    CORRECTION,
    prefix="changes/",
    argument="request",
    unit="件",
    icon="inbox",
    empty_hint="社会工作者在「我的档案」中提交的更正会列在这里。",
    person="person_id",
    sections=(
        Section("申请", "person requested_by created_at due_on reason"),
        Section("办理", "decided_by decided_at decision_reason"),
    ),
    columns=(
        PERSON_NAME,
        Column("items", "申请更正", value=_items_in_words, css="wrap", card=True),
        "reason*",
        Column("created_at", "申请时间"),
        until_column("答复期限", card=True),
        "state* decided_by? decided_at? decision_reason? outcome?",
        Column("person__region", "所在地区", optional=True),
    ),
    filters=filters_of_requests(CORRECTION, ("item", ItemFilter())),
    search=by_person,
    found_by=holder_named_by,
    named_by=lambda request: f"{request.person}（{_items_in_words(request)}）",
    aside="created_at updated_at",
    select_related=("person", "requested_by", "decided_by"),
    pages={"detail": CorrectionPage},
    templates={"detail": "requests/change_detail.html"},
    actions=(
        answer(CORRECTION, "decide", "按各项结论办结", decide_change, form=ItemsForm,
               is_primary=True),
        answer(CORRECTION, "accept", "全部采纳", approve_change, form=ItemsForm),
        answer(CORRECTION, "refuse", "全部不予采纳", refuse_change, form=ItemsForm,
               is_serious=True),
        answer(CORRECTION, "accept", "采纳", approve_unopened, form=ApproveForm, in_bulk=True,
               when=lambda request: request.is_pending and not request.other,
               offered=lambda request, user: False,
               consequence="只办理申请后档案没有变动、没有「其他更正」的；其余的请打开逐项办理。"),
        answer(CORRECTION, "refuse", "不予采纳", refuse_change, form=RefuseForm, in_bulk=True,
               offered=lambda request, user: False, is_serious=True),
    ),
)  # fmt: skip
