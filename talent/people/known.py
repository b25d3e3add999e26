"""Who is registered already: looked up by a number in the whole province, told as a county."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Coalesce

from core.scoping import in_scope
from core.secrecy.crypto import blind_index
from talent.codes import PersonStatus
from talent.people.models import Person


def county_of_registered(id_number: str, *, but: Any = None, adding_by: Any = None) -> str | None:
    """The county (code, "" when not located) where an ID number is already registered.

    The one look-up that ignores the scope on purpose (R4): an ID number is unique in the
    province, and whoever meets it learns the county and nothing else. None: not registered,
    or (for who adds, `adding_by`) only as a 停用 record of the own area, which is reactivated.
    """
    found = Person.objects.filter(id_index=blind_index(id_number, purpose="id_number"))
    if but is not None:
        found = found.exclude(pk=but)
    county_of_kept = Coalesce("merged_into__county", "county")
    row = found.values_list(county_of_kept, "status", "region_id")[:1]
    if not row:
        return None
    county, status, region_code = row[0]
    if adding_by is not None and is_reactivable(status, region_code, adding_by):
        return None
    return county or ""


def kept_for(index: bytes) -> Any:
    """Id of the record that a merged one's number leads to, None for any other number."""
    merged = Person.objects.filter(id_index=index, merged_into__isnull=False)
    return merged.values_list("merged_into", flat=True).first()


def is_reactivable(status: str, region_code: str | None, by: Any) -> bool:
    """Whether a record met again is brought back instead of doubled."""
    return status == PersonStatus.DEACTIVATED and in_scope(region_code, by)


def others_with_phone(phone: str, *, but: Any = None) -> int:
    """How many people of the whole province use a phone (R23); the number alone is told."""
    found = Person.objects.filter(phone_index=blind_index(phone, purpose="phone"))
    return found.exclude(pk=but).count() if but is not None else found.count()
