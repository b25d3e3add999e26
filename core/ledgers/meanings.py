"""What offices have answered about the words of their ledgers, in words: each office's own answers,
and the words of all offices with what they mean by them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.ledgers.ledger import kinds
from core.ledgers.models import WordMemory
from core.ledgers.words import LEFT_OUT, choice_of
from core.regions.names import place_name

ADOPT = "core.adopt_word"
NOT_STORED = "不登记这个词"
# What makes a word one: rows that have these alike are about the same.
_SAME = ("kind", "attribute", "word")


def may_adopt(user: Any) -> bool:
    """Whether a user may say for all offices what a word means: reviewers of the province."""
    return bool(user.has_perm(ADOPT)) and user.region_id == settings.PROVINCE_CODE


def own_answers(user: Any) -> QuerySet[WordMemory]:
    """What the offices in a user's scope have answered."""
    return WordMemory.objects.for_user(user).filter(is_shared=False)


def readable(user: Any) -> QuerySet[WordMemory]:
    """The answers in a user's scope, and those that hold for every office."""
    own = WordMemory.objects.for_user(user)
    return WordMemory.objects.filter(Q(pk__in=own.values("pk")) | Q(is_shared=True))


def common_words(user: Any) -> QuerySet[WordMemory]:
    """One row a word, with the number of `offices` that have answered it: for who may adopt one
    every word, for others those that are adopted."""
    rows = WordMemory.objects.for_user(user) if may_adopt(user) else _adopted(user)
    same = {name: OuterRef(name) for name in _SAME}
    given = WordMemory.objects.filter(is_shared=False, **same).order_by().values("kind")
    # Of several the adopted one stands for the word.
    one_each = rows.order_by(*_SAME, "-is_shared", "pk").distinct(*_SAME).values("pk")
    return WordMemory.objects.filter(pk__in=one_each).annotate(
        offices=Coalesce(Subquery(given.annotate(count=Count("pk")).values("count")), 0)
    )


def _adopted(user: Any) -> QuerySet[WordMemory]:
    rows = WordMemory.objects.filter(is_shared=True)
    return rows if user.has_record_scope else rows.none()


def column_of(row: WordMemory) -> str:
    """The name of the column that a word stands in."""
    ledger = kinds().get(row.kind)
    return (ledger.label_of(row.attribute) if ledger else "") or row.attribute


def kind_of(row: WordMemory) -> str:
    ledger = kinds().get(row.kind)
    return ledger.label if ledger else row.kind


def options_of(row: WordMemory) -> list[tuple[str, str]]:
    """(code, words) of what a word may be said to mean; none where nobody is asked any more."""
    ledger = kinds().get(row.kind)
    choice = choice_of(ledger, row.attribute) if ledger else None
    column = ledger.column(row.attribute) if ledger else None
    if choice is None or column is None:
        return []
    return choice.options + ([] if column.is_required else [(LEFT_OUT, NOT_STORED)])


def meaning(row: WordMemory, code: str | None = None) -> str:
    """What a word is said to mean, in words; `code` is another answer than the row's own."""
    said = row.code if code is None else code
    return dict(options_of(row)).get(said, said or NOT_STORED)


@dataclass
class Given:
    """An answer and the offices that have given it."""

    code: str
    words: str
    offices: list[str] = field(default_factory=list)


def given_to(row: WordMemory) -> list[Given]:
    """What the offices mean by a word, the answer of most first."""
    said: dict[str, Given] = {}
    rows = WordMemory.objects.filter(is_shared=False, **{n: getattr(row, n) for n in _SAME})
    for code, region in rows.order_by("region").values_list("code", "region"):
        said.setdefault(code, Given(code, meaning(row, code))).offices.append(place_name(region))
    return sorted(said.values(), key=lambda given: -len(given.offices))


def answers_of(keys: list[Any]) -> dict[Any, Counter[str]]:
    """Key of a row -> the offices' answers to its word, with how many gave each."""
    asked = {row.pk: _word(row) for row in WordMemory.objects.filter(pk__in=keys)}
    found: dict[Any, Counter[str]] = {}
    words = {word for _, _, word in asked.values()}
    for row in WordMemory.objects.filter(is_shared=False, word__in=words):
        found.setdefault(_word(row), Counter())[row.code] += 1
    return {key: found.get(word, Counter()) for key, word in asked.items()}


def _word(row: WordMemory) -> tuple[str, str, str]:
    return row.kind, row.attribute, row.word


def adopted_for(row: WordMemory) -> WordMemory | None:
    """What the province has adopted for a word."""
    same = {name: getattr(row, name) for name in _SAME}
    return WordMemory.objects.filter(is_shared=True, **same).select_related("by").first()
