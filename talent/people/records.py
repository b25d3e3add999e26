"""What every record that belongs to one person has."""

from __future__ import annotations

from django.db import models

from core.models import Record
from talent.people.models import Person


class PersonalRecord(Record):
    """A record that belongs to one person and lies where the person is."""

    scope_field = "person__region"
    scope_columns = {2: "person__prefecture", 3: "person__county"}

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="%(class)ss", verbose_name="人员"
    )
    # Out of use, never deleted: entered by mistake, or true until a day and no longer.
    ended_on = models.DateField("停用日期", null=True, blank=True, editable=False)
    true_until = models.DateField("属实至", null=True, blank=True, editable=False)
    end_reason = models.CharField(
        "停用原因", max_length=200, blank=True, default="", editable=False
    )

    class Meta:
        abstract = True
