"""The parts of an Entity: sections of a record, its related lists, its actions.

An action is a verb on a record. The state change itself is a function of actions.py with
keyword arguments and `by=`; here it only gets a name, a form and a permission:

    class EndPostForm(ActionForm):
        ended_on = DateField(label="离岗日期")
        reason = ReasonField(label="离岗原因")

    Action("end", "离岗", EndPostForm, end_post, "talent.end_post",
           when=lambda post: post.ended_on is None, is_serious=True,
           consequence="离岗后不再计入在岗人数。")

The button stands where `when(record)` holds and the role has the permission; it opens the
form in a dialog (a page without a script) and calls

    end_post(post=<record>, by=<user>, **form.cleaned_data)

in one transaction, on the record read again under a lock; the keyword of the record is the
entity's `argument` unless the action's own says otherwise. A form whose record was changed
meanwhile is shown again instead of acting. A RuleError, ValidationError or OutOfScope raised
by the action becomes the form's error. What the action returns is ignored, unless it is a
str: then it is the message shown. `done` is the message otherwise. An action offered for
several selected rows at once says `in_bulk=True`; it is called once a record.

What it did can be taken back (core.entities.steps) by whoever may do it; `undo="other"` asks for
a second person, "" leaves it to another way back. `undone(record, step=, by=)` brings back
what the history of rows does not have.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.entities.deactivation import deactivate, reactivate
from core.entities.forms.actions import DeactivationForm, ReasonForm

# Who takes back what an action did: whoever may do it, or somebody else than who did it.
OWN, OTHER, NOBODY = "own", "other", ""


def _always(record: Any) -> bool:
    return True


@dataclass(frozen=True)
class Action:
    """A verb on a record. `form` is an ActionForm class, or None for a bare confirmation."""

    code: str
    label: str
    form: type[Any] | None
    run: Callable[..., Any]
    permission: str
    when: Callable[[Any], bool] = _always
    consequence: str = ""
    done: str = ""
    argument: str = ""
    icon: str = ""
    is_serious: bool = False
    is_primary: bool = False
    in_bulk: bool = False
    # Whom of those with the permission the record's page offers it to: (record, user) -> bool.
    offered: Callable[[Any, Any], bool] | None = None
    # One of the answers to what is asked: a button of the form on the page, not a menu's entry.
    is_answer: bool = False
    undo: str = OWN
    undone: Callable[..., None] | None = None

    @property
    def can_be_undone(self) -> bool:
        return bool(self.undo) and not self.is_answer


@dataclass(frozen=True)
class Section:
    """Fields of a record under a title, in the order of use, edited in place together.

    `names` are field or attribute names, separated by spaces. What the form may change are
    those that are fields of the model, editable, and not the parent; one with a `+` is asked
    on a new record only and changed by actions afterwards.
    """

    title: str
    names: str

    @property
    def fields(self) -> tuple[str, ...]:
        """All names, without marks."""
        return tuple(name.rstrip("+") for name in self.names.split())

    @property
    def asked_once(self) -> frozenset[str]:
        return frozenset(name.rstrip("+") for name in self.names.split() if name.endswith("+"))


@dataclass(frozen=True)
class Related:
    """Rows of another entity that belong to the record, each with its own edit form.

    `accessor` is the reverse accessor, `columns` field or attribute names separated by
    spaces. Rows are read through for_user; of those that lie elsewhere the columns that are
    `told` stand there too, without a way to them.
    """

    title: str
    accessor: str
    columns: str
    can_add: bool = True
    add_label: str = "添加"
    empty: str = ""
    told: str = ""


def deactivation(permission: str) -> tuple[Action, Action]:
    """停用 and 恢复使用 of an entity, under its `end` permission."""
    return (
        Action(
            "deactivate", "停用", DeactivationForm, deactivate, permission,
            when=lambda record: record.ended_on is None, argument="record", icon="ban",
            consequence="记录和历史都保留，可以恢复。录错的，以前各天也不再计入。", is_serious=True,
        ),
        reactivation(permission),
    )  # fmt: skip


def reactivation(permission: str) -> Action:
    """恢复使用 alone, of an entity that ends in its own way."""
    return Action(
        "reactivate", "恢复使用", ReasonForm, reactivate, permission,
        when=lambda record: record.ended_on is not None, argument="record", icon="refresh",
        consequence="恢复后重新计入；停用时一并结束的其他记录不会随之恢复。",
    )  # fmt: skip
