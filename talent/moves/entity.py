"""Transfers: their list and page, of which each reader sees what she may know (R4)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from core.decisions.entity import (
    RefuseForm,
    answer,
    filters_of_requests,
    requests_of,
    rows_of,
    until_column,
)
from core.decisions.pages import DecisionPage
from core.entities.columns import Column
from core.entities.declarations import Section
from core.secrecy.numbers import Secret
from talent.moves.actions import (
    TRANSFER,
    accept_transfer,
    is_asking,
    proposed,
    refuse_transfer,
    withdraw_transfer,
)
from talent.moves.forms import AcceptForm
from talent.moves.models import TransferRequest
from talent.people.finding import by_person, holder_named_by

_rows = rows_of(TransferRequest)


class TransferPage(DecisionPage):
    def detail_context(self, record: Any) -> dict[str, Any]:
        context = super().detail_context(record)
        context["sections"][0]["facts"] += [
            {"label": label, "value": value} for label, value in proposed(record)
        ]
        return context


def _search(text: str, filterset: Any) -> Q:
    """A name finds only those whose name the reader may see."""
    return Q(is_known=True) & by_person(text, filterset)


def _found_by(secret: Secret) -> Q:
    return Q(is_known=True) & holder_named_by(secret)


TRANSFERS = requests_of(
    TRANSFER,
    prefix="transfers/",
    argument="request",
    unit="件",
    icon="arrows-exchange",
    empty_hint="人员跨县（市、区）流动时，在人员页面办理「转出」，或在这里申请转入。",
    rows=lambda user: _rows(user).known_to(user),
    person="known_person_id",
    is_created_alone=True,
    permissions={"add": "talent.transfer_person"},
    create_label="申请转入",
    sections=(
        Section("申请", "known_person direction known_origin to_region requested_by created_at "
                       "reason"),
        Section("办理", "decided_by decided_at decision_reason outcome"),
    ),
    labels={"known_person": "人员", "known_name": "人员", "known_origin": "转出地",
            "created_at": "申请时间"},
    columns=(
        "known_name direction* known_origin* to_region* reason*",
        Column("created_at", "申请时间"),
        until_column("默认同意日期"),
        "state* requested_by? decided_by? decided_at? decision_reason? outcome?",
    ),
    filters=filters_of_requests(TRANSFER, "direction"),
    search=_search,
    found_by=_found_by,
    named_by=lambda request: f"{request.get_direction_display()}：{request.known_name}",
    # Whom it is about and from where is told by what the reader may know.
    silent="person from_region",
    select_related=("person", "requested_by", "decided_by"),
    pages={"detail": TransferPage},
    actions=(
        answer(TRANSFER, "accept", "同意", accept_transfer, form=AcceptForm, is_primary=True,
               in_bulk=True,
               consequence="同意后，该人员在转出地的岗位今天结束，档案归转入地。"),
        answer(TRANSFER, "refuse", "不同意", refuse_transfer, form=RefuseForm, is_serious=True,
               in_bulk=True),
        answer(TRANSFER, "withdraw", "撤回申请", withdraw_transfer,
               permission="talent.transfer_person", offered=is_asking),
    ),
)  # fmt: skip
