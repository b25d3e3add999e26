"""Forms of records and actions: one look, one set of rules, choices inside the scope."""

from core.entities.forms.actions import ActionForm, ReasonField
from core.entities.forms.fields import (
    DateField,
    FreeTextField,
    LookupField,
    NationalPlaceField,
    NoteField,
    RegionField,
)
from core.entities.forms.record import RecordForm, form_for

__all__ = [
    "ActionForm",
    "DateField",
    "FreeTextField",
    "LookupField",
    "NationalPlaceField",
    "NoteField",
    "ReasonField",
    "RecordForm",
    "RegionField",
    "form_for",
]
