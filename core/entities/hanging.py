"""What a record hangs on, or has hanging on it, may have gone on without a column of it changing.

A post that ended comes back only where its station and she who held it still take posts; a
record goes out of use again only where nobody entered anything under it since.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

from core.audit.history import UNDOES
from core.entities.changes import event_model
from core.entities.entity import Entity, entity_of
from core.entities.models import Step
from core.rules import RuleError

if TYPE_CHECKING:
    from core.entities.steps import Written


def check_hanging(rows: list[Written], step: Step) -> None:
    """Raise RuleError where something else stands against what a step's rows are again.

    Called when they have been put back.
    """
    held = {(row.model, row.key): row.before for row in rows}
    for row in rows:
        if _stands_again(row):
            for entity, key in _parents(row):
                _check_parent(entity, key, held, step)
        own = entity_of(row.model)
        if own is not None and _ends_again(own, row):
            _check_children(row, step)


def _stands(event: Any) -> bool:
    """Whether a row is neither over nor out of use."""
    return getattr(event, "ended_on", None) is None and getattr(event, "valid_to", None) is None


def _stands_again(row: Written) -> bool:
    if row.is_made or not _stands(row.before):
        return False
    return row.is_removed or not _stands(row.after)


def _ends_again(entity: Entity, row: Written) -> bool:
    if row.is_made or row.is_removed:
        return False
    return entity.grows(row.after) and not entity.grows(row.before)


def _parents(row: Written) -> Iterator[tuple[Entity, Any]]:
    for column in row.model._meta.concrete_fields:
        key = getattr(row.before, column.attname)
        entity = entity_of(column.related_model) if column.related_model else None
        if isinstance(column, models.ForeignKey) and entity is not None and key is not None:
            yield entity, key


def _check_parent(entity: Entity, key: Any, held: dict[tuple[Any, Any], Any], step: Step) -> None:
    """What took such rows before the step has to take them still."""
    model = entity.model
    then = held.get((model, key))
    if then is None:
        past = event_model(model).objects.filter(pgh_obj_id=key, pgh_created_at__lte=step.at)
        then = past.order_by("-pgh_id").first()
    now = model._base_manager.filter(pk=key).first()
    if then is not None and entity.grows(then) and (now is None or not entity.grows(now)):
        name = model._meta.verbose_name
        words = f"之后{name}的状态又有变动，不能直接撤销；请先撤回之后的办理。"
        raise RuleError("UNDO", words)


def _check_children(row: Written, step: Step) -> None:
    """Nothing under a record that goes out of use again was written since, but for what was
    taken back by now, and the taking back itself."""
    undone = Step.objects.exclude(undone_at=None).values("context")
    for model in apps.get_models():
        if not hasattr(model, "pgh_event_model"):
            continue
        since = (
            event_model(model)
            .objects.filter(pgh_created_at__gt=step.at)
            .exclude(pgh_context=step.context)
            .exclude(pgh_context__in=undone)
            .exclude(pgh_context__metadata__has_key=UNDOES)
        )
        for column in model._meta.concrete_fields:
            if column.related_model is not row.model:
                continue
            if since.filter(**{column.attname: row.key}).exists():
                name = model._meta.verbose_name
                words = f"之后又登记或修改了{name}，不能直接撤销；请先撤回之后的办理。"
                raise RuleError("UNDO", words)
