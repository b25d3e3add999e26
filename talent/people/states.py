"""What an ordinary save of a person or a post keeps in step: dated rows and the location.

State changes (leaving, transfer, death …) are actions; here only what follows from the
fields of a form. Each function runs inside the transaction of the save.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from copy import copy
from typing import TYPE_CHECKING, Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.dates import today
from core.guards import touch
from core.timeline import change_from
from talent.codes import PersonStatus
from talent.people.models import Person, PersonState

if TYPE_CHECKING:
    from talent.posts.models import Post


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


def change_state(
    person: Person,
    *,
    on: datetime.date,
    reason: str = "",
    proof: str = "",
    replace_later: bool = False,
    **values: Any,
) -> None:
    """Let a status or residence_id hold from a day on and repeat it on the person.

    The person must be locked by the caller, who saves the person's own columns.
    """
    rows = list(person.states.select_for_update().order_by("valid_from"))
    base = {"status": person.status, "residence_id": person.residence_id}
    change_from(
        rows,
        on=on,
        new=lambda: PersonState(person=person, **base),
        replace_later=replace_later,
        notes={"reason": reason, "proof": proof},
        **values,
    )
    for field, value in values.items():
        setattr(person, field, value)


def known_since(person: Person, day: datetime.date, *, was: datetime.date | None = None) -> None:
    """Let the first dated state begin with a post that began on a day (`was`: that was said
    before to have begun on another).

    Whoever is registered after a post began has been there since: an earlier date counts
    her by the post, not by the day on which somebody typed it.
    """
    first = person.states.held().order_by("valid_from").first()
    if first is None:
        return
    posts = person.posts.held().values_list("started_on", flat=True)
    begins = first_day(
        first.valid_from, day, was=was, others=[timezone.localdate(person.created_at), *posts]
    )
    if first.valid_to is not None:
        begins = min(begins, first.valid_to)
    if begins != first.valid_from:
        first.valid_from = begins
        first.save(update_fields=["valid_from"])


def first_day(
    known: datetime.date,
    day: datetime.date,
    *,
    was: datetime.date | None,
    others: Iterable[datetime.date],
) -> datetime.date:
    """Since when somebody is known whose post began on a day. Known by the day that was said
    before, she is known no longer than by the new one and by `others`: posts, the entry."""
    return min([day, *others]) if known == was else min(known, day)


def succeed(post: Post, *, on: datetime.date, reason: str, **values: Any) -> Post:
    """Let values of an open post hold from a day on, so that earlier days keep theirs.

    The post ends that day and goes on as another row, which is returned; one that begins
    no earlier is changed as it is.
    """
    if post.started_on < on:
        successor = copy(post)
        successor.pk, successor._state.adding, successor.version = uuid.uuid4(), True, 1
        successor.started_on, successor.started_precision = on, "D"
        post.ended_on, post.end_reason = on, reason
        touch(post, "ended_on", "end_reason")
        post = successor
    for name, value in values.items():
        setattr(post, name, value)
    if post._state.adding:
        post.save(force_insert=True)
    else:
        touch(post, *values)
    return post


def keep_primary(person: Person, *, on: datetime.date, reason: str) -> None:
    """Without an open primary post the full-time one held longest becomes it."""
    open_posts = person.posts.unended()
    if open_posts.filter(is_primary=True).exists():
        return
    held = open_posts.employed().select_for_update(of=("self",)).order_by("started_on", "pk")
    if (post := held.first()) is not None:
        succeed(post, on=max(on, post.started_on), reason=reason, is_primary=True)


def follow_posts(person: Person, *, on: datetime.date, reason: str) -> None:
    """After a post of a locked person ended on a day: who serves nowhere else is 待岗 from
    then, else one of the other posts is the primary one."""
    if person.status == PersonStatus.SERVING and not person.posts.unended().exists():
        last = person.states.filter(valid_to=None).values_list("valid_from", flat=True).first()
        change_state(person, on=max(on, last or on), reason=reason, status=PersonStatus.IDLE)
        touch(person, "status")
    keep_primary(person, on=on, reason="主岗离岗")
    locate(person)


def keep_residence(person: Person) -> None:
    """After an edit: a changed residence holds from today on, and the person moves there."""
    state = person.states.filter(valid_to=None).first()
    if state is None or state.residence_id != person.residence_id:
        change_state(person, on=today(), residence_id=person.residence_id)
    locate(person)


def locate(person: Person) -> None:
    """Set the person's region: the open primary post's, else the residence."""
    relocate([person.pk])
    person.refresh_from_db(fields=["region"])


def relocate(person_ids: list[Any]) -> None:
    """Put people where their open primary post is, else where they live.

    A request to transfer somebody who has got to another county by that is withdrawn: the
    county that would decide it has no say any more.
    """
    posts: Any = Person._meta.get_field("posts").related_model.objects  # type: ignore[union-attr, attr-defined]
    primary = posts.unended().filter(person=OuterRef("pk"), is_primary=True)
    place = Coalesce(Subquery(primary.values("region_id")[:1]), F("residence_id"))
    Person.objects.filter(pk__in=person_ids).update(region_id=place)
    transfers: Any = Person._meta.get_field("transfers").related_model.objects  # type: ignore[union-attr, attr-defined]
    transfers.overtaken().filter(person__in=person_ids).withdraw("人员已归属另一个县（市、区）")
