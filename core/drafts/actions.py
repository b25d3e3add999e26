"""Keeping what is typed, giving it back, forgetting it."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from core.drafts.models import Draft
from core.rules import RuleError
from core.secrecy.crypto import DecryptionError

# Characters of one draft, as a form sends them: several times the longest form filled to the brim.
LONGEST = 100_000
# Of one user; the oldest goes.
MOST = 40


def keep_draft(*, by: Any, form: str, fields: str) -> None:
    """Keep the fields of a form, in place of those kept before. Raises RuleError."""
    if not form or len(form) > Draft._meta.get_field("form").max_length:  # type: ignore[operator]
        raise RuleError("DRAFT", "没有写明是哪一张表单，草稿没有保存。")
    if len(fields) > LONGEST:
        raise RuleError("DRAFT", "填写的内容太长，草稿没有保存，请先保存表单。")
    values = {"fields": fields, "saved_at": timezone.now()}
    Draft.objects.update_or_create(user_id=by.pk, form=form, defaults=values)
    kept = Draft.objects.filter(user=by.pk).order_by("-saved_at").values("pk")[:MOST]
    Draft.objects.filter(user=by.pk).exclude(
        pk__in=list(kept.values_list("pk", flat=True))
    ).delete()


def draft_of(user: Any, form: str) -> Draft | None:
    """One's own draft of a form; one that no key opens any more is none."""
    try:
        return Draft.objects.of(user).filter(form=form).first()
    except DecryptionError:
        Draft.objects.filter(user=user.pk, form=form).delete()
        return None


def drop_draft(*, by: Any, form: str) -> None:
    """It was saved, or is not wanted."""
    Draft.objects.filter(user=by.pk, form=form).delete()


def forget_drafts(*, before: datetime.datetime) -> int:
    """Delete those that nobody came back for; how many."""
    return int(Draft.objects.filter(saved_at__lt=before).delete()[0])
