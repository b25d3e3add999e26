"""The page of a word: what an office means by it, what all offices do, and what becomes of both."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from core.accounts.models import User
from core.entities.changes import Change, changes_of
from core.ledgers import adopting, meanings
from core.ledgers.models import WordMemory
from core.ledgers.showing import WITHOUT
from core.rules import RuleError


def _user(request: HttpRequest) -> User:
    user: Any = request.user
    if not user.has_perm(adopting.IMPORT):
        raise PermissionDenied
    return user


def _answer(request: HttpRequest, pk: UUID) -> WordMemory:
    rows = meanings.readable(_user(request)).select_related("by", "region")
    answer = rows.filter(pk=pk).first()
    if answer is None:
        raise Http404
    return answer


@require_GET
def word(request: HttpRequest, pk: UUID) -> HttpResponse:
    answer, user = _answer(request, pk), _user(request)
    adopted, may_adopt = meanings.adopted_for(answer), meanings.may_adopt(user)
    given = meanings.given_to(answer) if may_adopt else []
    context = {
        "answer": answer,
        "is_own": answer.region_id == user.region_id,
        "kind": meanings.kind_of(answer),
        "column": meanings.column_of(answer),
        "meaning": meanings.meaning(answer),
        "options": [(code or WITHOUT, words) for code, words in meanings.options_of(answer)],
        "chosen": answer.code or WITHOUT,
        "adopted": adopted,
        "adopted_meaning": meanings.meaning(adopted) if adopted else "",
        "may_adopt": may_adopt,
        "given": given,
        # What most mean, until one is adopted.
        "likeliest": (adopted or (given[0] if given else answer)).code or WITHOUT,
        "entries": _history(answer, adopted),
    }
    return render(request, "imports/word.html", context)


def _history(answer: WordMemory, adopted: WordMemory | None) -> list[Change]:
    """Who said when what the word means: the office, and the province for all."""
    rows = [(answer, "全省采用" if answer.is_shared else "答复")]
    if adopted is not None and adopted != answer:
        rows.append((adopted, "全省采用"))
    found: list[Change] = []
    for row, verb in rows:
        for entry in changes_of(row):
            entry.rows = [
                said | {end: meanings.meaning(row, said[end]) for end in ("old", "new")}
                for said in entry.rows
                if said["label"] == "含义"
            ]
            entry.what = f"改{verb}" if entry.rows else verb
            found.append(entry)
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _code(request: HttpRequest) -> str:
    """What was chosen; nothing that was chosen is no answer either."""
    said = request.POST.get("code", "")
    return "" if said == WITHOUT else said or "?"


def _act(request: HttpRequest, pk: UUID, action: Any, done: str, **details: Any) -> bool:
    """Do it and say so; False where it was refused."""
    try:
        action(answer=_answer(request, pk), by=_user(request), **details)
    except RuleError as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True


@require_POST
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    done = "已改过，以后的台账照此办理；已经录入的不变。"
    _act(request, pk, adopting.change_answer, done, code=_code(request))
    return redirect("word_detail", pk)


@require_POST
def forget(request: HttpRequest, pk: UUID) -> HttpResponse:
    done = "已忘掉，下次台账里再有这个词会重新问。"
    is_done = _act(request, pk, adopting.forget_answer, done)
    return redirect("word_list") if is_done else redirect("word_detail", pk)


@require_POST
def adopt(request: HttpRequest, pk: UUID) -> HttpResponse:
    done = "已全省采用，没有另行答复的单位不再被问。"
    _act(request, pk, adopting.adopt, done, code=_code(request))
    return redirect("word_detail", pk)


@require_POST
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The row of the address goes where it is the adopted one."""
    done = "已取消全省采用，各单位按自己的答复；没有答复过的会被问到。"
    is_done = _act(request, pk, adopting.take_back, done)
    is_left = meanings.readable(_user(request)).filter(pk=pk).exists()
    return redirect("common_word_list") if is_done and not is_left else redirect("word_detail", pk)
