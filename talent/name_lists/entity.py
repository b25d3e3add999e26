"""Lists that wait for their verification: who brought them in, what they say, the answer."""

from __future__ import annotations

from typing import Any

from core.audit.models import ReadEvent
from core.decisions.entity import RefuseForm, answer, requests_of
from core.decisions.pages import DecisionPage
from core.entities.columns import Column
from core.entities.declarations import Section
from core.entities.entity import entity_of
from core.entities.reach import Reach
from talent.credentials.models import Certificate
from talent.name_lists.actions import NAME_LIST, as_said, refuse_list, verify_list

# Certificates that the page of a list shows.
SHOWN = 500


class NameListPage(DecisionPage):
    """What is verified stands on the page: every certificate beside whose it is."""

    def detail_context(self, record: Any) -> dict[str, Any]:
        entity = entity_of(Certificate)
        assert entity is not None
        reach = Reach(entity, self.request.user)
        found = reach.rows().filter(pk__in=record.keys).select_related("person")
        rows = list(found.order_by("person__name", "pk")[:SHOWN]) if reach.may("view") else []
        reach.leave_read_event(ReadEvent.Kind.LIST, rows)
        said = {one["id"]: one for one in record.said}
        return super().detail_context(record) | {
            "certificates": [
                {
                    "row": one,
                    "url": entity.url("detail", one),
                    "is_same": one.ended_on is None and as_said(one) == said[str(one.pk)],
                }
                for one in rows
            ],
            "more": max(0, record.count - len(rows)),
        }


NAME_LISTS = requests_of(
    NAME_LIST,
    prefix="name-lists/",
    unit="份",
    argument="name_list",
    icon="clipboard-check",
    beside=("certificate", "education", "title", "namelist"),
    empty_hint="在「导入导出」导入证书名单（如考试合格名单）以后，由另一位审核员在这里一次核验。",
    sections=(
        Section("名单", "name count region requested_by created_at"),
        Section("核验", "decided_by decided_at decision_reason outcome"),
    ),
    labels={"created_at": "导入时间", "requested_by": "导入人"},
    columns=(
        "name* count* region requested_by*",
        Column("created_at", "导入时间"),
        "state* decided_by? decided_at? decision_reason? outcome?",
    ),
    search="name",
    search_hint="名单名称",
    silent="said batch",
    select_related=("region", "requested_by"),
    pages={"detail": NameListPage},
    templates={"detail": "name_lists/detail.html"},
    actions=(
        answer(NAME_LIST, "accept", "核验整份名单", verify_list, is_primary=True,
               in_bulk=True, consequence="名单上的证书一次成为「凭证核验」，名单之后改过的除外。"),
        answer(NAME_LIST, "refuse", "不予核验", refuse_list, form=RefuseForm, is_serious=True,
               in_bulk=True),
    ),
)  # fmt: skip
