"""Telling somebody, and saying that one knows."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models.functions import Now

from core.accounts.models import User
from core.notices.causes import CAUSES
from core.notices.models import Notice
from core.pointers import label_of
from core.secrecy.identity import without_id_numbers


def notify(
    *,
    key: str,
    text: str,
    record: Any,
    to: User | None = None,
    region: str = "",
    permission: str = "",
    due_on: datetime.date | None = None,
    link: str = "",
    subject: str = "",
    person: uuid.UUID | None = None,
) -> None:
    """Write a message, to an account or to all with a permission in a region.

    Call in the transaction of the action that is its cause: the message is there if the
    action was done, and not else. `key` begins with the kind of message and a colon; one of a
    key is written once. `record` is the cause; `subject` and `person` are whom the text names.
    """
    if label_of(record) not in CAUSES:
        raise ImproperlyConfigured(f"{label_of(record)} is no declared cause of messages")
    notice = Notice(
        key=key,
        code=key.partition(":")[0],
        text=without_id_numbers(text)[:200],
        subject=subject[:60],
        person=person,
        record_label=label_of(record),
        record_id=record.pk,
        link=link,
        due_on=due_on,
        to=to,
        region_id=region or None,
        permission=permission,
    )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)


def close_notices(records: Iterable[Any], *, code: str = "") -> int:
    """The cause is gone: what was said about records of one kind is settled; how many."""
    about = list(records)
    if not about:
        return 0
    rows = Notice.objects.filter(
        record_label=label_of(about[0]), record_id__in=[r.pk for r in about], closed_at=None
    )
    return int((rows.filter(code=code) if code else rows).update(closed_at=Now()))


@transaction.atomic
def acknowledge(*, ids: Iterable[uuid.UUID], by: User) -> int:
    """「知道了」: done with for everybody it was addressed to; how many. Those of others stay."""
    return int(_claimed(ids, by).open().update(done_at=Now(), done_by=by))


@transaction.atomic
def put_back(*, ids: Iterable[uuid.UUID], by: User) -> int:
    """Undo 「知道了」; how many. What settled itself stays settled."""
    rows = _claimed(ids, by).filter(closed_at=None)
    return int(rows.exclude(done_at=None).update(done_at=None, done_by=None))


def _claimed(ids: Iterable[uuid.UUID], by: User) -> Any:
    mine = Notice.objects.for_user(by).filter(pk__in=list(ids)).values_list("pk", flat=True)
    return Notice.objects.filter(pk__in=list(mine.select_for_update(of=("self",))))
