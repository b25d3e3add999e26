"""What is done with answers about words: an office changes or forgets its own, the province adopts
one for all offices and takes that back. The history of the rows says who did it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from core.accounts.models import User
from core.audit.history import acting
from core.guards import claim
from core.ledgers.meanings import adopted_for, may_adopt, options_of
from core.ledgers.models import WordMemory
from core.rules import RuleError

IMPORT = "core.import_ledger"


def _require_option(answer: WordMemory, code: str) -> None:
    if code not in dict(options_of(answer)):
        raise RuleError("WORD", "请在可选的意思中选一个。")


@transaction.atomic
def change_answer(*, answer: WordMemory, by: User, code: str) -> None:
    """What an office means by a word from now on. What was imported stays as it is."""
    own = _own(answer, by)
    _require_option(own, code)
    own.code, own.by, own.answered_at = code, by, timezone.now()
    with acting(by):
        own.save()


@transaction.atomic
def forget_answer(*, answer: WordMemory, by: User) -> None:
    """The office is asked again when the word comes next."""
    own = _own(answer, by)
    with acting(by):
        own.delete()


def _own(answer: WordMemory, by: User) -> WordMemory:
    own = claim(answer, by, IMPORT)
    if own.is_shared:
        raise RuleError("WORD", "这是全省采用的意思，由省级审核员取消。")
    if own.region_id != by.region_id:
        raise RuleError("WORD", "这是别的单位的答复，由那个单位自己改。")
    return own


@transaction.atomic
def adopt(*, answer: WordMemory, by: User, code: str) -> None:
    """Let a word mean the same for every office that has said nothing else itself."""
    _require_province(by)
    _require_option(answer, code)
    with acting(by):
        WordMemory.objects.update_or_create(
            region_id=by.region_id, kind=answer.kind, attribute=answer.attribute,
            word=answer.word, is_shared=True,
            defaults={"code": code, "by": by, "answered_at": timezone.now()},
        )  # fmt: skip


@transaction.atomic
def take_back(*, answer: WordMemory, by: User) -> None:
    """The word means to each office what it has said itself, or is asked."""
    _require_province(by)
    adopted = adopted_for(answer)
    if adopted is None:
        raise RuleError("WORD", "这个词没有全省采用，不用取消。")
    with acting(by):
        claim(adopted, by, IMPORT).delete()


def _require_province(by: User) -> None:
    if not may_adopt(by):
        raise PermissionDenied("由省级审核员采用。")
