"""Records that get files, and the files they get."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.attachments.actions import add_attachment
from core.models import Attachment
from tests.attachments.papers import photo


def upload(name: str = "照片.jpg", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo() if data is None else data)


def file_of(record: Any, by: Any, **given: Any) -> Attachment:
    given = {"data": photo(), "name": "照片.jpg", "purpose": "场地照片", **given}
    return add_attachment(record=record, by=by, **given)


def add_url(record: Any) -> str:
    kwargs = {"label": record._meta.label_lower, "owner": record.pk}
    return reverse("attachment_add", kwargs=kwargs)


def stored(file: Attachment, settings: Any) -> Path:
    return Path(settings.MEDIA_ROOT) / file.file_path
