"""The list of ledgers taken in by the offices of one's scope."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.entities.columns import Column
from core.entities.entity import Entity
from core.entities.filters import Between, ChosenFor
from core.ledgers import showing
from core.ledgers.models import ImportBatch
from core.ledgers.waiting import STATES
from core.ledgers.word_entities import BESIDE


def _state(batch: ImportBatch) -> SafeString:
    words, colour = showing.state_of(batch)
    return format_html('<span class="tag{}">{}</span>', f" is-{colour}" if colour else "", words)


def _mine(state: str) -> Any:
    status = STATES[state][0]
    return lambda user: Q(by=user, job__status=status)


def _count(name: str, label: str, *codes: str) -> Column:
    """A number of the outcome, nothing as long as there is none."""
    return Column(
        name,
        label,
        css="num",
        value=lambda batch: (
            sum(batch.counts.get(code, 0) for code in codes) if batch.counts else None
        ),
    )


IMPORTS = Entity(
    model=ImportBatch,
    code="import",
    title="导入",
    menu="导入导出",
    beside=BESIDE,
    prefix="imports/",
    only="list",
    names={"create": "import_new"},
    create_label="导入台账",
    is_record=False,
    unit="批",
    icon="upload",
    permissions=dict.fromkeys(("view", "add"), "core.import_ledger"),
    columns=(
        "file_name",
        Column("kind", value=showing.kind_label, sort=("kind",), css="nowrap", card=True),
        Column("state", "状态", value=_state, css="nowrap", card=True),
        _count("rows", "行数", "rows"),
        _count("new", "新增", "new"),
        _count("changed", "变更", "changed"),
        _count("left", "未录入", "held", "refused"),
        Column("by", "导入人", value=lambda batch: str(batch.by), css="nowrap"),
        Column("created_at", css="nowrap", card=True, sort=("created_at",),
               value=lambda b: f"{timezone.localtime(b.created_at):%Y-%m-%d %H:%M}"),
        "region?",
    ),
    filters=(
        "region",
        ChosenFor("state", "待办", {s: (words, _mine(s)) for s, (_, words) in STATES.items()}),
        Between("created_at", "uploaded"),
    ),
    search="file_name",
    search_hint="文件名",
    select_related=("job", "by"),
    rows=lambda user: ImportBatch.objects.for_user(user).imports(),
    empty_title="还没有导入过台账",
    empty_hint="现有的 Excel 台账可以直接上传，不必改格式；核对无误、确认之后才会入库。",
    templates={"list": "imports/list.html"},
)  # fmt: skip
