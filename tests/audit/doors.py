"""Any declared action through its page, by anybody, with whatever its form takes; and 撤销.

Nothing here names an action: the forms say what they ask.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.test import Client

from core.dates import today
from core.entities.declarations import OTHER, Action
from core.entities.entity import ENTITIES, Entity
from core.entities.forms import ActionForm, LookupField
from core.entities.reach import Reach
from core.models import Step, User
from talent.models import Person
from tests.audit.desk import PLACES, REASON

# Every action that says that it can be taken back: (its entity, it).
UNDOABLE: list[tuple[Entity, Action]] = [
    (entity, action)
    for entity in ENTITIES.values()
    for action in entity.all_actions
    if action.can_be_undone
]
_BACKEND = "core.accounts.backend.RegistryBackend"
_CHINESE, _LATIN = re.compile(r"[\u4e00-\u9fff]{4}.*。$"), re.compile(r"[A-Za-z]{4}")


@dataclass(frozen=True)
class Act:
    """Something that somebody did through a page, as it can be done once more."""

    entity: Entity
    action: Action
    record: Any
    by: User
    given: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.entity.name}.{self.action.code}"

    @property
    def step(self) -> Step:
        steps = Step.objects.filter(record_id=self.record.pk, action=self.action.code)
        return steps.filter(undone_at=None).latest("at")

    def do(self) -> Any:
        """The answer to what is sent: 302 where it was done."""
        now = self.entity.model._base_manager.get(pk=self.record.pk)
        url = self.entity.url("act", now, verb=self.action.code)
        return post(self.by, url, {"version": now.version, **self.given})


def post(user: User, url: str, given: dict[str, Any]) -> Any:
    client = Client()
    client.force_login(user, backend=_BACKEND)
    return client.post(url, given)


def undo(step: Step, by: User) -> Any:
    return post(by, f"/steps/{step.pk}/undo/", {"reason": "点错了"})


def may_undo(act: Act, user: User) -> bool:
    """Whether nothing but what was done since stands against it."""
    is_other = act.action.undo != OTHER or user != act.by
    reaches = Reach(act.entity, user).holds(act.record)
    return is_other and reaches and user.has_perm(act.action.permission)


def refusals(answer: Any) -> list[str]:
    """What a page that refused says."""
    said = [answer.context["why_not"]] if answer.context.get("why_not") else []
    form = answer.context["form"]
    return said + [words for errors in form.errors.values() for words in errors]


def is_said(words: str) -> bool:
    """A Chinese sentence, and no word of a program's."""
    return bool(_CHINESE.search(words)) and not _LATIN.search(words)


class Filler:
    """Fills the form of an action by the dice: with what it offers."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice

    def act(self, entity: Entity, action: Action, record: Any, by: User) -> Act:
        form = (action.form or ActionForm)(None, user=by, record=record)
        given = {name: self._value(field) for name, field in form.fields.items()}
        if "kept" in given:
            # Names another record by a number and by its name.
            others = Person.objects.for_user(by).exclude(pk=record.pk).order_by("pk")
            kept = self.dice.choice(list(others))
            given |= {"kept": kept.number, "kept_name": kept.name}
        return Act(entity, action, record, by, given)

    def _value(self, field: Any) -> Any:
        if not field.required and self.dice.random() < 0.3:
            return ""
        if isinstance(field, forms.BooleanField):
            return self.dice.choice(("on", "", ""))
        if isinstance(field, forms.ModelMultipleChoiceField):
            rows = list(field.queryset.filter(pk__in=PLACES).order_by("pk"))
            return [row.pk for row in rows if self.dice.random() < 0.6] or [rows[0].pk]
        if isinstance(field, forms.ModelChoiceField):
            rows = field.queryset.order_by("pk")
            if not isinstance(field, LookupField):
                rows = rows.filter(pk__in=PLACES)
            return self.dice.choice([str(pk) for pk in rows.values_list("pk", flat=True)])
        if isinstance(field, forms.DateField):
            back = self.dice.randint(0, self.dice.choice((0, 3, 90)))
            return (today().fromordinal(today().toordinal() - back)).isoformat()
        if isinstance(field, forms.ChoiceField):
            return self.dice.choice([value for value, _ in field.choices if value])
        return REASON
