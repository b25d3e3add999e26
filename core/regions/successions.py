"""What happens to current rows when a division is abolished: they follow its successor.

A model names the foreign keys that follow in `succession_fields`. Effective-dated rows (posts
too) close on the day of abolition and open again under the successor, so that any earlier day
is still counted by the old code; other rows move, their history keeps the old code. Rows of a
region without a successor stay where they are and are 待划转.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from core.audit.history import acting
from core.guards import require
from core.regions.models import Region, RegionMove
from core.rules import RuleError
from core.scoping import OutOfScope


@dataclass(frozen=True)
class Moved:
    """Rows of one model that lay in an abolished region; `to` is None for 待划转."""

    label: str
    region: str
    to: str | None
    count: int


def apply_successions(*, dry_run: bool = False) -> list[Moved]:
    """Move current rows out of abolished regions, one transaction a region; what was found."""
    result: list[Moved] = []
    abolished = Region.objects.exclude(valid_to=None).select_related("successor")
    for region in abolished.order_by("-level", "code"):
        successor = region.final_successor()
        with transaction.atomic(), acting(None, reason=f"区划撤销：{region.name}"):
            for model, field in _followers():
                count = _move(model, field, region, successor, dry_run=dry_run)
                if count:
                    label = str(model._meta.verbose_name)
                    result.append(
                        Moved(label, region.code, successor.code if successor else None, count)
                    )
    return result


# --- 待划转: what had no successor ---------------------------------------------------------
@dataclass(frozen=True)
class Stranded:
    """An abolished region without a successor, and its current rows by what they are."""

    region: Region
    rows: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def stranded(user: Any) -> list[Stranded]:
    """Regions in the user's scope whose current rows wait to be moved."""
    found = []
    abolished = Region.objects.for_user(user).exclude(valid_to=None).select_related("successor")
    for region in abolished.order_by("code"):
        if region.final_successor() is not None:
            continue
        rows: dict[str, int] = {}
        for model, field in _followers():
            label = str(model._meta.verbose_name)
            rows[label] = max(rows.get(label, 0), _current(model, field, region).count())
        waiting = Stranded(region, {label: n for label, n in rows.items() if n})
        if waiting.rows:
            found.append(waiting)
    return found


def move_stranded(*, by: Any, region: Region, to: Region, reason: str) -> int:
    """Move the current rows of a region without a successor; how many were moved.

    Raises PermissionDenied, OutOfScope or RuleError.
    """
    require(by, "core.move_region")
    inside = Region.objects.for_user(by)
    if inside.filter(pk__in=[region.pk, to.pk]).count() < 2:
        raise OutOfScope("只能在您的辖区内划转。")
    if region.valid_to is None or region.final_successor() is not None:
        raise RuleError("REGION", f"{region.name}没有撤销，或已有承接的区划，不用划转。")
    if to.valid_to is not None or to.level != region.level:
        raise RuleError("REGION", f"请选择现有的、与{region.name}同级的地区。")
    with transaction.atomic(), acting(by, reason=reason):
        Region.objects.select_for_update().get(pk=region.pk)
        return sum(_move(*item, region, to, dry_run=False) for item in _followers())


def _followers() -> Iterator[tuple[type[models.Model], str]]:
    """Models and foreign keys that follow a succession, dated ones first."""
    found = [
        (model, field)
        for model in apps.get_models()
        for field in getattr(model, "succession_fields", ())
    ]
    yield from sorted(found, key=lambda item: _dates(item[0]) is None)


def _dates(model: type[models.Model]) -> tuple[str, str] | None:
    """The columns of the first day and of the day after the last, of a dated row."""
    names = {f.name for f in model._meta.fields}
    pairs = (("valid_from", "valid_to"), ("started_on", "ended_on"))
    # A project has both, too, but ends by its `ends_on`: `ended_on` says that it was a mistake.
    return next((p for p in pairs if {*p} <= names and "ends_on" not in names), None)


def _current(model: type[models.Model], field: str, region: Region) -> Any:
    rows = model._base_manager.filter(**{field: region.code})
    names = {f.name for f in model._meta.fields}
    if "valid_to" in names:
        rows = rows.filter(valid_to=None)
    return rows.filter(ended_on=None) if "ended_on" in names else rows


def _move(
    model: type[models.Model],
    field: str,
    region: Region,
    successor: Region | None,
    *,
    dry_run: bool,
) -> int:
    rows = _current(model, field, region)
    if successor is None or dry_run:
        return int(rows.count())
    dates = _dates(model)
    if dates is None:
        _tell_apart(model, field, rows, region, successor)
        if getattr(model, "remembers_moves", False):
            _remember(model, rows, region)
        return int(rows.update(**{f"{field}_id": successor.code}))
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if found:
        _reopen(found, field, successor, region, dates)
    return len(found)


def _remember(model: type[models.Model], rows: Any, region: Region) -> None:
    """Where the rows lay until the division ended."""
    label, until = model._meta.label_lower, region.valid_to
    RegionMove.objects.bulk_create(
        [
            RegionMove(model=label, object_id=pk, region=region, until=until)
            for pk in rows.values_list("pk", flat=True)
        ],
        ignore_conflicts=True,
    )


def place_on(model: type[models.Model], day: datetime.date, *, of: str = "") -> Coalesce:
    """The region of a record on a day, as an expression: before a succession the old one. Of rows
    that are `of` a record ("station__") it is the record's."""
    moves = RegionMove.objects.filter(
        model=model._meta.label_lower, object_id=OuterRef(f"{of}pk"), until__gt=day
    )
    then = Subquery(moves.order_by("until").values("region")[:1])
    return Coalesce(then, F(f"{of}region"), output_field=models.CharField())


def _tell_apart(
    model: type[models.Model], field: str, rows: Any, region: Region, successor: Region
) -> None:
    """Two places of one name in what is one region now: the one that comes says from where.

    It stays as complete as it was: what is 待完善 was planned from a bare name, and what it says
    for the first time holds since it began (former.changed).
    """
    uniques = (c for c in model._meta.constraints if isinstance(c, models.UniqueConstraint))
    for constraint in uniques:
        if not {field, "name"} <= {*constraint.fields}:
            continue
        others = [name for name in constraint.fields if name != field]
        there = model._base_manager.filter(constraint.condition or models.Q())
        taken = set(there.filter(**{field: successor.code}).values_list(*others))
        for row in rows.filter(constraint.condition or models.Q()):
            if tuple(getattr(row, name) for name in others) in taken:
                row.name = f"{row.name}(原{region.name})"[:120]
                row.save(update_fields=["name"])


def _reopen(
    rows: list[Any], field: str, successor: Region, region: Region, dates: tuple[str, str]
) -> None:
    """Close dated rows on the day of abolition and open them under the successor."""
    model, (begin, end) = type(rows[0]), dates
    columns = [f.attname for f in model._meta.concrete_fields]
    noted = ["end_reason"] if "end_reason" in columns else []
    opened = []
    for row in rows:
        following = model(**{name: getattr(row, name) for name in columns})
        following.pk = uuid.uuid4()
        setattr(following, begin, max(region.valid_to, getattr(row, begin)))
        setattr(following, f"{field}_id", successor.code)
        opened.append(following)
        setattr(row, end, getattr(following, begin))
        for name in noted:
            setattr(row, name, f"区划撤销：{region.name}")
    model._base_manager.bulk_update(rows, [end, *noted])
    model._base_manager.bulk_create(opened if noted else _once(opened, field))


def _once(opened: list[Any], field: str) -> list[Any]:
    """Without those whose owner is under the successor already (two townships became one)."""
    model = type(opened[0])
    owner = next(f for f in model._meta.fields if f.name in ("station", "person"))
    taken = set(
        model._base_manager.filter(
            valid_to=None, **{f"{owner.name}__in": [getattr(o, owner.attname) for o in opened]}
        ).values_list(owner.attname, f"{field}_id")
    )
    fresh = {
        (getattr(o, owner.attname), getattr(o, f"{field}_id")): o
        for o in opened
        if (getattr(o, owner.attname), getattr(o, f"{field}_id")) not in taken
    }
    return list(fresh.values())
