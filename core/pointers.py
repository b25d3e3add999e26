"""A record named by its model's label and its id, where no foreign key may lead.

Files, messages and reminders hang on records of every kind. A foreign key for each kind would
be a column and a migration for each; a label and a random id are the same for all.
"""

from __future__ import annotations

import uuid

from django.db.models import Model
from django.urls import NoReverseMatch, reverse


def label_of(record: Model | type[Model]) -> str:
    """「talent.person」: the model of a record as it is stored beside the record's id."""
    return str(record._meta.label_lower)


def url_of(label: str, pk: uuid.UUID) -> str:
    """Address of a record's page, "" where it has none. Whether it may be opened is for the
    page itself to say."""
    try:
        return reverse(f"{label.rpartition('.')[2]}_detail", kwargs={"pk": pk})
    except NoReverseMatch:
        return ""
