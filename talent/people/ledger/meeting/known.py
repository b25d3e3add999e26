"""The people that a chunk of rows meets, with what they hold, read in sets."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from core.ledgers.ledger import ImportContext
from core.models import ImportRow
from talent.codes import NOT_EMPLOYED
from talent.credentials.models import Certificate, Education, RegistrationPeriod, Title
from talent.moves.models import TransferRequest
from talent.people.ledger import hidden
from talent.people.ledger.named import people_named
from talent.people.models import Person, PersonState
from talent.posts.models import Post


@dataclass
class Known:
    """By person: the open and the earliest dated state, all posts, the open primary one, the
    days of the ended primary posts, the ended posts by employer and end, the places of the other
    open full-time posts, certificates, education, titles and registrations.

    `numbers` are the owners of certificate numbers by number and level, `requested` whose
    transfer waits for an answer.
    """

    day: datetime.date
    people: dict[bytes, Person] = field(default_factory=dict)
    states: dict[Any, PersonState] = field(default_factory=dict)
    first: dict[Any, PersonState] = field(default_factory=dict)
    held: dict[Any, list[Post]] = field(default_factory=lambda: defaultdict(list))
    posts: dict[Any, Post] = field(default_factory=dict)
    ended: dict[tuple[Any, str, datetime.date], Post] = field(default_factory=dict)
    served: dict[Any, list[tuple[datetime.date, datetime.date]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    beside: dict[Any, list[str]] = field(default_factory=lambda: defaultdict(list))
    certificates: dict[Any, list[Certificate]] = field(default_factory=lambda: defaultdict(list))
    education: dict[Any, list[Education]] = field(default_factory=lambda: defaultdict(list))
    titles: dict[Any, list[Title]] = field(default_factory=lambda: defaultdict(list))
    periods: dict[Any, list[RegistrationPeriod]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[tuple[str, str], Any] = field(default_factory=dict)
    requested: set[Any] = field(default_factory=set)


def employer_of(post: Post) -> str:
    return str(post.station_id or post.organization_id)


def read(rows: list[ImportRow], context: ImportContext, *, numbers: list[str]) -> Known:
    """Everything that the rows meet; `numbers` are the certificate numbers in them."""
    known = Known(context.day)
    keys = [bytes(row.key) for row in rows if row.key]
    # Province-wide on purpose (R4): whoever is met elsewhere is told by county only.
    met = Person.objects.filter(id_index__in=keys).select_related("merged_into").order_by()
    for person in met:
        # The number of a merged record leads to the kept one.
        known.people[bytes(person.id_index)] = person.merged_into or person
    known.people |= hidden.people_of(rows, context.user)
    nameless = {row.number: bytes(row.key) for row in rows if "named" in row.shown and row.key}
    named = people_named([row for row in rows if row.number in nameless], context)
    known.people |= {nameless[number]: person for number, person in named.items()}
    ids = [person.pk for person in known.people.values()]
    states = PersonState.objects.filter(person_id__in=ids).held()
    for state in states.order_by("valid_from"):
        known.first.setdefault(state.person_id, state)
        if state.valid_to is None:
            known.states[state.person_id] = state
    posts = Post.objects.filter(person_id__in=ids).held()
    posts = posts.select_related("station", "organization")
    for post in posts.order_by("started_on", "pk"):
        known.held[post.person_id].append(post)
        if post.ended_on is not None:
            known.ended[post.person_id, employer_of(post), post.ended_on] = post
            if post.is_primary:
                known.served[post.person_id].append((post.started_on, post.ended_on))
        elif post.is_primary:
            known.posts[post.person_id] = post
        elif post.employment not in NOT_EMPLOYED:
            known.beside[post.person_id].append(post.region_id)
    # The earliest first, so that rows with equal claims are always met in one order.
    parts: tuple[tuple[Any, dict[Any, list[Any]]], ...] = (
        (Certificate, known.certificates),
        (Education, known.education),
        (Title, known.titles),
        (RegistrationPeriod, known.periods),
    )
    for model, held in parts:
        for part in model.objects.filter(person_id__in=ids, ended_on=None).order_by("pk"):
            held[part.person_id].append(part)
    wanted = [number for number in numbers if number]
    taken = Certificate.objects.filter(number__in=wanted, ended_on=None).order_by()
    for number, level, person_id in taken.values_list("number", "level", "person_id"):
        known.numbers[number, level] = person_id
    waiting = TransferRequest.objects.pending().filter(person_id__in=ids).order_by()
    known.requested = set(waiting.values_list("person_id", flat=True))
    return known
