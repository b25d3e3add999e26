"""Forms of actions: what a verb asks before it is done."""

from typing import Any

from django import forms

from core.entities.forms.fields import FreeTextField, LookupField, PlainForm, RegionField
from core.scoping import scope_choices


class ReasonField(FreeTextField):
    """Why; required, kept in the history."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "事由")
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        super().__init__(**kwargs)


class ActionForm(PlainForm):
    """Asks what an action needs; its cleaned_data are the action's keyword arguments.

    `record` is the record acted on (None in bulk), `user` who acts. Choices of regions and
    of scoped records are narrowed to the user's scope.
    """

    def __init__(self, *args: Any, user: Any, record: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.record = user, record
        for field in self.fields.values():
            if isinstance(field, RegionField | LookupField):
                field.bind_user(user)
            elif isinstance(field, forms.ModelChoiceField):
                field.queryset = scope_choices(field.queryset, user)


class ReasonForm(ActionForm):
    """Nothing but the reason."""

    reason = ReasonField()
