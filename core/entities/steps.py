"""撤销: what an action did is taken back as a whole, while nobody has gone on from there.

`recorded` notes which rows of the history an action wrote. `take_back` gives every column
that the action changed the value it held before, removes the rows it made and makes those it
removed again. Nothing here knows what the action was: posts that ended with a death, a
withdrawn request or a dated row come back because the history has them. What the history does
not have (an account) an action brings back by its own `Action.undone`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from core.audit.history import UNDOES, acting
from core.audit.models import SecurityEvent
from core.entities import signed
from core.entities.changes import difference, event_model
from core.entities.hanging import check_hanging
from core.entities.models import Step
from core.rules import RuleError

# Kept by the machinery: no value that somebody gave, and no sign that somebody went on.
_OWN = frozenset({"version", "updated_at"})


def is_tracked(model: type[models.Model]) -> bool:
    return hasattr(model, "pgh_event_model")


def _marks() -> dict[str, int]:
    """Label of each tracked model -> the number of its latest event: one query."""
    tables = [
        (model._meta.label_lower, "pgh_id", event_model(model)._meta.db_table)
        for model in apps.get_models()
        if is_tracked(model)
    ]
    # Of accounts it is the log that says what was done.
    tables.append((SecurityEvent._meta.label_lower, "id", SecurityEvent._meta.db_table))
    parts = [
        f"SELECT '{label}', coalesce(max({key}), 0) FROM {table}" for label, key, table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


@contextmanager
def recorded(record: Any, *, code: str, label: str, by: Any, reason: str) -> Iterator[Step]:
    """Note what is written inside as one step on a record. The caller holds the transaction."""
    step = Step(
        record_label=record._meta.label_lower, record_id=record.pk, action=code, label=label,
        by=by, reason=reason,
    )  # fmt: skip
    with acting(by, reason=reason) as context:
        before = _marks()
        yield step
        step.context = context.id
        step.events = {
            name: [before[name] + 1, last] for name, last in _marks().items() if last > before[name]
        }
        step.save(force_insert=True)


# --- What a step wrote ----------------------------------------------------------------------
@dataclass
class Written:
    """One row that a step wrote: the history's row before it (None of one that it made) and
    the last one of it."""

    model: type[models.Model]
    key: Any
    before: Any
    after: Any

    @property
    def is_made(self) -> bool:
        return self.before is None

    @property
    def is_removed(self) -> bool:
        return bool(self.after.pgh_label == "delete")


def written_by(step: Step) -> list[Written]:
    """The rows that a step wrote, the latest first."""
    found: list[Written] = []
    for label, (low, high) in step.events.items():
        model = apps.get_model(label)
        if not is_tracked(model):
            continue
        history = event_model(model).objects
        own = history.filter(pgh_id__range=(low, high), pgh_context=step.context)
        after = {event.pgh_obj_id: event for event in own.order_by("pgh_id")}
        made = {event.pgh_obj_id for event in own if event.pgh_label == "insert"}
        earlier = history.filter(pgh_obj_id__in=after.keys() - made, pgh_id__lt=low)
        before = {
            event.pgh_obj_id: event
            for event in earlier.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
        }
        rows = [Written(model, key, before.get(key), event) for key, event in after.items()]
        # What was made and removed again in one step leaves nothing to take back.
        rows = [row for row in rows if not (row.is_made and row.is_removed)]
        found += sorted(rows, key=lambda row: -row.after.pgh_id)
    return found


def said(step: Step) -> list[dict[str, Any]]:
    """What taking a step back does, row by row: {what, rows of {label, old, new}}."""
    result: list[dict[str, Any]] = []
    for row in written_by(step):
        name = row.model._meta.verbose_name
        if row.is_made:
            result.append({"what": f"去掉新增的{name}", "rows": []})
        elif rows := difference(row.model, row.after, row.before):
            result.append({"what": f"恢复{name}", "rows": rows})
    return result


# --- Taking it back -------------------------------------------------------------------------
def open_until(step: Step) -> datetime.datetime:
    """Until when a step can be taken back."""
    return step.at + datetime.timedelta(days=settings.UNDO_DAYS)


def refusal(step: Step, user: Any, *, by_other: bool) -> str:
    """Why a user may not take a step back now, "" where nothing stands against it."""
    if step.undone_at is not None:
        return "这一项已经撤销过了。"
    if timezone.now() > open_until(step):
        return f"办理已超过 {settings.UNDO_DAYS} 天，不能再撤销；请按现在的情况另行办理。"
    if by_other and step.by_id == user.pk:
        return "这一项由您办理，请由另一位有权限的人员撤销。"
    return ""


@transaction.atomic
def take_back(*, step: Step, record: Any, by: Any, reason: str, undone: Any = None) -> str:
    """Put everything back as it was before a step; what was said of signed figures.

    Raises RuleError, and changes nothing, where a row was changed since, others hang on one,
    or what it hangs on went on.
    """
    step = Step.objects.select_for_update().get(pk=step.pk)
    if step.undone_at is not None:
        raise RuleError("UNDO", "这一项已经撤销过了。")
    why = f"撤销「{step.label}」：{reason}"
    undoes = {UNDOES: str(step.context)}
    with (
        acting(by, reason=why, **undoes),
        signed.explained([record], reason=reason) as effect,
    ):
        rows = written_by(step)
        _restore(rows)
        check_hanging(rows, step)
        if undone is not None:
            undone(record, step=step, by=by)
        step.undone_at, step.undone_by, step.undone_reason = timezone.now(), by, reason
        step.save(update_fields=["undone_at", "undone_by", "undone_reason"])
    return str(effect)


def _restore(rows: list[Written]) -> None:
    try:
        with transaction.atomic():
            current = _locked(rows)
            # Rows that hang on each other go and come in any order.
            _check_keys("DEFERRED")
            changes = [(row, _changed_back(row, current.get((row.model, row.key)))) for row in rows]
            for row, _ in changes:
                if row.is_made:
                    row.model._base_manager.filter(pk=row.key)._raw_delete("default")  # type: ignore[attr-defined]
            for row, values in changes:
                if values:
                    _write(row, values)
            for row, _ in changes:
                if row.is_removed:
                    _made_again(row)
            _check_keys("IMMEDIATE")
            _check_keys("DEFERRED")
    except IntegrityError as error:
        words = "之后又有登记与这一项有关，不能直接撤销；请先撤回之后的办理。"
        raise RuleError("UNDO", words) from error


def _check_keys(when: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL {when}")


def _locked(rows: list[Written]) -> dict[tuple[Any, Any], Any]:
    """The rows as they are now, locked in one order."""
    keys: dict[Any, list[Any]] = {}
    for row in rows:
        keys.setdefault(row.model, []).append(row.key)
    found = {}
    for model in sorted(keys, key=lambda model: model._meta.label):
        locked = model._base_manager.select_for_update(of=("self",)).order_by("pk")
        for one in locked.filter(pk__in=keys[model]):
            found[model, one.pk] = one
    return found


def _columns(model: type[models.Model]) -> list[Any]:
    return [
        column
        for column in model._meta.concrete_fields
        if not (column.primary_key or column.generated or column.name in _OWN)
    ]


def _changed_back(row: Written, now: Any) -> dict[str, Any]:
    """Column -> the value it held before the step. Raises RuleError where somebody went on."""
    if row.is_removed:
        if now is not None:
            raise _gone_on(row, now)
        return {}
    if now is None:
        raise _gone_on(row, row.after)
    values = {}
    for column in _columns(row.model):
        became, is_now = getattr(row.after, column.attname), getattr(now, column.attname)
        was = became if row.is_made else getattr(row.before, column.attname)
        if row.is_made and is_now != became:
            raise _gone_on(row, now, column)
        if was in (became, is_now):
            continue
        if is_now != became:
            raise _gone_on(row, now, column)
        values[column.attname] = was
    return values


def _gone_on(row: Written, record: Any, column: Any = None) -> RuleError:
    name = row.model._meta.verbose_name
    of = f"的{column.verbose_name}" if column is not None else ""
    return RuleError("UNDO", f"之后{name}{of}又有变动，不能直接撤销；请先撤回之后的办理。")


def _write(row: Written, values: dict[str, Any]) -> None:
    names = {column.name for column in row.model._meta.concrete_fields}
    kept: dict[str, Any] = {}
    if "version" in names:
        kept["version"] = models.F("version") + 1
    if "updated_at" in names:
        kept["updated_at"] = timezone.now()
    row.model._base_manager.filter(pk=row.key).update(**values, **kept)


def _made_again(row: Written) -> None:
    held = {
        column.attname: getattr(row.before, column.attname)
        for column in row.model._meta.concrete_fields
        if not column.generated
    }
    row.model(**held).save_base(raw=True, force_insert=True)
