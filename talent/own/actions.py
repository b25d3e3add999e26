"""What a worker changes in the own record at once."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.guards import FORBIDDEN
from core.models import User
from core.secrecy.identity import clean_phone, without_id_numbers
from core.text import tidy_name
from talent.codes import PersonStatus
from talent.people.actions import GONE
from talent.people.models import Person


def own_person(by: User) -> Person:
    """The locked record of a worker's account. Raises PermissionDenied for anyone else."""
    person = (
        Person.objects.select_for_update(of=("self",)).filter(user=by).first()
        if by.has_perm("talent.view_own_record")
        else None
    )
    if person is None or person.status in (*GONE, PersonStatus.DEACTIVATED):
        raise PermissionDenied(FORBIDDEN)
    return person


@transaction.atomic
def update_contact(*, by: User, phone: str, address: str = "") -> Person:
    """Phone and address of the own record, changed at once."""
    person = own_person(by)
    person.phone, person.address = clean_phone(phone), without_id_numbers(tidy_name(address))[:100]
    person.version += 1
    person.save(update_fields=["phone", "phone_index", "address", "version", "updated_at"])
    return person
