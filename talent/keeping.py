"""What an ordinary save of a person or a post keeps in step: dated rows and the location.

State changes (leaving, transfer, death …) are actions; here only what follows from the
fields of a form. Each function runs inside the transaction of the save.
"""

from __future__ import annotations

import datetime
from typing import Any

from core.crypto import blind_index
from core.dates import today
from talent.models import Person, PersonState, Post


def county_of_registered(id_number: str, *, but: Any = None) -> str | None:
    """The county (code, "" when not located) where an ID number is already registered.

    The one look-up that ignores the scope on purpose (R4): an ID number is unique in the
    province, and whoever meets it learns the county and nothing else. None: not registered.
    """
    found = Person.objects.filter(id_index=blind_index(id_number, purpose="id_number"))
    if but is not None:
        found = found.exclude(pk=but)
    row = found.values_list("county", flat=True)[:1]
    return (row[0] or "") if row else None


def enter(person: Person, *, on: datetime.date | None = None) -> None:
    """Insert a new person, located at the residence, with the first dated state."""
    person.region = person.residence
    person.save(force_insert=True)
    PersonState.objects.create(
        person=person,
        status=person.status,
        residence=person.residence,
        valid_from=on or today(),
    )


def keep_residence(person: Person) -> None:
    """After an edit: a changed residence closes the open state and opens another today."""
    state = PersonState.objects.select_for_update().filter(person=person, valid_to=None).first()
    if state is not None and state.residence_id == person.residence_id:
        return
    day = today()
    if state is not None and state.valid_from >= day:
        state.residence = person.residence
        state.save(update_fields=["residence"])
    else:
        if state is not None:
            state.valid_to = day
            state.save(update_fields=["valid_to"])
        PersonState.objects.create(
            person=person, status=person.status, residence=person.residence, valid_from=day
        )
    locate(person)


def locate(person: Person) -> None:
    """Set the person's region: the open primary post's, else the residence."""
    post = Post.objects.filter(person=person, is_primary=True).open_on(today()).first()
    region_id = post.region_id if post else person.residence_id
    if person.region_id != region_id:
        person.region_id = region_id
        Person.objects.filter(pk=person.pk).update(region_id=region_id)


def place_post(post: Post) -> None:
    """The post lies where its station, else its organisation, lies."""
    employer = post.station or post.organization
    if employer is not None:
        post.region_id = employer.region_id
