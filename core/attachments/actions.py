"""Adding a file to a record, removing it and putting it back."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.accounts.models import User
from core.attachments.checking import checked
from core.attachments.limits import FILES_OF_A_RECORD
from core.attachments.models import Attachment
from core.attachments.owners import OWNERS, Owner
from core.audit.history import acting
from core.guards import ELSEWHERE, claim, require
from core.pointers import label_of
from core.rules import RuleError
from core.scoping import OutOfScope
from core.secrecy import files as media
from core.secrecy.files import plain_name
from core.secrecy.identity import masked_numbers, without_id_numbers
from core.text import tidy

# Of the media store.
FOLDER = "attachments"
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")
ALREADY_THERE = "这个文件已经在这条记录里，不用再传。"


def owner_of(record: Any) -> Owner:
    """What is declared of a record's kind. Raises PermissionDenied where it has no files."""
    owner = OWNERS.get(label_of(record))
    if owner is None:
        raise PermissionDenied("这类记录不收附件。")
    return owner


def add_attachment(*, record: Any, by: User, data: bytes, name: str, purpose: str) -> Attachment:
    """Keep a file with a record.

    Raises Refused for a file that cannot be taken, RuleError where the record has it already
    or has too many, PermissionDenied and OutOfScope. Taking a file apart lasts a second or
    more, so that is done before the record is locked.
    """
    owner = owner_of(record)
    require(by, owner.permission("change"))
    if not type(record).objects.for_user(by).filter(pk=record.pk).exists():
        raise OutOfScope(ELSEWHERE)
    digest = hashlib.sha256(data).hexdigest()
    purpose = masked_numbers(tidy(purpose))[:40]
    if not purpose:
        raise RuleError("PURPOSE", "请写明这个文件是什么，例如「证书原件」。", field="purpose")
    file = checked(data, name=name)
    path = media.store(file.data, folder=FOLDER)
    try:
        with transaction.atomic(), acting(by):
            record = claim(record, by, owner.permission("change"))
            files = of_record(record).current()
            if files.filter(sha256=digest).exists():
                raise RuleError("TWICE", ALREADY_THERE, field="file")
            _check_room(files)
            return Attachment.objects.create(
                owner_label=label_of(record),
                owner_id=record.pk,
                purpose=purpose,
                name=_name(name, file.kind),
                kind=file.kind,
                size=len(file.data),
                sha256=digest,
                file_path=path,
                by=by,
            )
    except BaseException:
        media.remove(path)
        raise


def _check_room(files: Any) -> None:
    """One more must find room among the files of a record."""
    if files.count() >= FILES_OF_A_RECORD:
        words = f"一条记录最多 {FILES_OF_A_RECORD} 个文件，请先移除不用的。"
        raise RuleError("MANY", words, field="file")


def of_record(record: Any) -> Any:
    """All files of a record, removed ones too, for whoever has it in hand already."""
    return Attachment.objects.filter(owner_label=label_of(record), owner_id=record.pk)


def _name(given: str, kind: str) -> str:
    """The name as it may be shown and served, with the ending of what the file is."""
    stem = _ENDING.sub("", plain_name(given, default="附件"))
    return f"{stem[-110:] or '附件'}.{kind}"


@transaction.atomic
def remove_attachment(*, attachment: Attachment, by: User, reason: str) -> str:
    """Take a file off a record; it stays with the reason and can be put back."""
    file = _claimed(attachment, by)
    if file.removed_at is not None:
        raise RuleError("STATE", "这个文件已经移除。")
    owner = OWNERS[file.owner_label]
    if not owner.may_remove(owner.record(file.owner_id)):
        raise RuleError("STATE", "这条记录已有结果或已停用，附件不能再移除。")
    if not reason.strip():
        raise RuleError("REASON", "请写明移除的原因。", field="reason")
    file.removed_at, file.removed_by = timezone.now(), by
    file.removed_reason = without_id_numbers(tidy(reason))[:200]
    file.save(update_fields=["removed_at", "removed_by", "removed_reason"])
    return f"已移除「{file}」，可以在「已移除」中恢复。"


@transaction.atomic
def restore_attachment(*, attachment: Attachment, by: User) -> str:
    """Put a removed file back."""
    file = _claimed(attachment, by)
    if file.removed_at is None:
        raise RuleError("STATE", "这个文件没有移除。")
    of = {"owner_label": file.owner_label, "owner_id": file.owner_id}
    _check_room(Attachment.objects.filter(**of).current())
    file.removed_at, file.removed_by, file.removed_reason = None, None, ""
    try:
        with transaction.atomic():
            file.save(update_fields=["removed_at", "removed_by", "removed_reason"])
    except IntegrityError:
        raise RuleError("TWICE", ALREADY_THERE) from None
    return f"已恢复「{file}」。"


def _claimed(attachment: Attachment, by: User) -> Attachment:
    """The file read again under a lock, checked like the record that it hangs on."""
    owner = OWNERS.get(attachment.owner_label)
    require(by, owner.permission("change") if owner else "")
    rows = Attachment.objects.for_user(by).select_for_update(of=("self",))
    current = rows.filter(pk=attachment.pk).first()
    if current is None:
        raise OutOfScope(ELSEWHERE)
    return current


def hand_over_attachments(*, record: Any, to: Any) -> int:
    """The files of a record that another one stands for from now on (two records of one
    person become one); how many. What both have stays where it is."""
    held = of_record(to).current().values("sha256")
    return int(of_record(record).exclude(sha256__in=held).update(owner_id=to.pk))
