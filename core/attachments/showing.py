"""The files of a record as its page shows them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.attachments.actions import of_record
from core.attachments.models import Attachment
from core.attachments.owners import OWNERS, own_people
from core.pointers import label_of


def attachments_of(record: Any, user: Any) -> dict[str, Any] | None:
    """The context of attachments/box.html for a record that the user has before her; None where
    its kind has no files. One query."""
    owner = OWNERS.get(label_of(record))
    if owner is None:
        return None
    files = list(of_record(record).select_related("by", "removed_by"))
    may_change = user.has_perm(owner.permission("change"))
    kwargs = {"label": label_of(record), "owner": record.pk}
    return {
        "files": [file for file in files if file.removed_at is None],
        "removed": [file for file in files if file.removed_at] if may_change else [],
        "may_change": may_change,
        "add_url": reverse("attachment_add", kwargs=kwargs) if may_change else "",
    }


def own_attachments(user: Any) -> list[Attachment]:
    """The files of a worker's own record and of all that belongs to it."""
    if not own_people(user):
        return []
    return list(Attachment.objects.for_user(user).current().select_related("by"))
