"""The lists of answers about words: what the offices of one's scope have said, and what holds for
all of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.entities.columns import Column
from core.entities.entity import Entity
from core.entities.filters import Between, ChoiceFilter, Chosen
from core.entities.listing import Listing
from core.entities.pages.list import ListPage
from core.ledgers import meanings
from core.ledgers.ledger import kinds
from core.ledgers.models import WordMemory

BESIDE = ("import", "export", "word", "common_word")


def _kinds() -> list[tuple[str, str]]:
    return [(code, ledger.label) for code, ledger in kinds().items()]


_KIND = Column("kind", value=meanings.kind_of, sort=("kind",), css="nowrap", card=True)
_COLUMN = Column(
    "attribute", value=meanings.column_of, sort=("attribute",), css="nowrap", card=True
)


def _moment(row: WordMemory) -> str:
    return f"{timezone.localtime(row.answered_at):%Y-%m-%d %H:%M}"


WORDS = Entity(
    model=WordMemory,
    code="word",
    title="词的答复",
    prefix="imports/words/",
    beside=BESIDE,
    only="list export",
    is_record=False,
    unit="个",
    icon="list-check",
    rows=meanings.own_answers,
    permissions=dict.fromkeys(("view", "export"), "core.import_ledger"),
    columns=(
        "word",
        _KIND,
        _COLUMN,
        Column("code", value=meanings.meaning, sort=("code",), card=True),
        Column("by", value=lambda row: str(row.by or ""), css="nowrap"),
        Column("answered_at", value=_moment, sort=("answered_at",), css="nowrap", card=True),
        "region",
    ),
    filters=(
        "region",
        ("kind", ChoiceFilter(label="台账", field_name="kind", choices=_kinds)),
        Between("answered_at", "answered"),
    ),
    search="word",
    search_hint="词",
    select_related=("by",),
    empty_title="还没有答复过词",
    empty_hint="导入台账时认不出的写法，核对页会问一次；答复列在这里，可以改，也可以忘掉。",
)  # fmt: skip


# --- All offices ------------------------------------------------------------------------
class _CommonListing(Listing):
    """Words are the same wherever one works: a narrower region asks for no others."""

    @property
    def scope_code(self) -> str:  # type: ignore[override]
        return str(self.reach.user.region_id or "")


class CommonWordsPage(ListPage):
    def listing(self, params: Any, secret: Any = None) -> Listing:
        return _CommonListing(self.reach, self.request, params, secret)


def _adopted(row: WordMemory) -> SafeString | str:
    if not row.is_shared:
        return ""
    return format_html('<span class="tag is-{}">{}</span>', "good", meanings.meaning(row))


def _answers(row: Any) -> str:
    """「社会工作师 3 个单位，不登记这个词 1 个单位」"""
    said: Counter[str] = row.answers
    parts = (f"{meanings.meaning(row, code)} {n} 个单位" for code, n in said.most_common())
    return "，".join(parts)


COMMON_WORDS = Entity(
    model=WordMemory,
    code="common_word",
    title="全省用词",
    prefix="imports/common-words/",
    beside=BESIDE,
    only="list",
    is_record=False,
    unit="个",
    icon="list-check",
    rows=meanings.common_words,
    pages={"list": CommonWordsPage},
    names={"detail": "word_detail"},
    permissions={"view": "core.import_ledger"},
    order="-offices word",
    columns=(
        "word",
        _KIND,
        _COLUMN,
        Column("is_shared", value=_adopted, sort=("is_shared",), card=True),
        Column("offices", "答复单位", value=lambda row: row.offices, sort=("offices",), css="num",
               card=True),
        Column("answers", "各单位的答复", value=_answers, gathers="answers", css="wrap"),
    ),
    filters=(
        Chosen("adopted", "采用", {
            "no": ("还没有采用", Q(is_shared=False)), "yes": ("全省采用", Q(is_shared=True)),
        }),
        ("kind", ChoiceFilter(label="台账", field_name="kind", choices=_kinds)),
    ),
    gathered={"answers": meanings.answers_of},
    search="word",
    search_hint="词",
    empty_title="还没有全省采用的词",
    empty_hint="省级审核员从各单位的答复中采用；采用以后，没有另行答复的单位不再被问。",
)  # fmt: skip
