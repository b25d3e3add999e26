"""What all records have in common."""

import uuid

from django.db import models
from django.db.models.functions import Now

from core.scoping import ScopedModel


class Record(ScopedModel):
    """A record with a random public id, a version against lost updates, and its times.

    The id stands in addresses; it is random, so that nothing can be guessed or counted
    from it. `version` grows by one with every edit through a form or action; a form that
    was opened on an older version is shown both values instead of overwriting.
    """

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField("版本", default=1, db_default=1, editable=False)
    created_at = models.DateTimeField("建档时间", db_default=Now(), editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True, db_default=Now())

    class Meta:
        abstract = True
