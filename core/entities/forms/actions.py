"""Forms of actions: what a verb asks before it is done."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.entities.forms.fields import DateField, FreeTextField, PlainForm, narrow
from core.entities.forms.words import say_what_is_wrong
from core.entities.signed import REASON


class ReasonField(FreeTextField):
    """Why; required, kept in the history."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "事由")
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        super().__init__(**kwargs)
        # It joins a form when an answer asks for it, too.
        say_what_is_wrong(self)


class ActionForm(PlainForm):
    """Asks what an action needs; its cleaned_data are the action's keyword arguments.

    `record` is the record acted on (None in bulk), `user` who acts. Choices of regions and
    of scoped records are narrowed to the user's scope.
    """

    def __init__(self, *args: Any, user: Any, record: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.record = user, record
        for field in self.fields.values():
            narrow(field, user)
        # Asked for on a form that was sent before, because of what its action would change.
        if REASON in self.data:
            self.fields[REASON] = ReasonField(required=False)

    def given(self) -> tuple[dict[str, Any], str]:
        """The action's keyword arguments, and why it is done."""
        given = dict(self.cleaned_data)
        extra = given.pop(REASON, "")
        return given, str(given.get("reason") or extra)

    def reason_asked_by(self, error: ValidationError) -> str:
        """The field for a reason that a refusal asks for, made where there is none."""
        if getattr(error, "field", "") != REASON:
            return ""
        if "reason" in self.fields:
            return "reason"
        self.fields.setdefault(REASON, ReasonField(required=False))
        return REASON


class ReasonForm(ActionForm):
    """Nothing but the reason."""

    reason = ReasonField()


MISTAKE, NO_LONGER = "mistake", "since"


class DeactivationForm(ActionForm):
    """Whether it never was so, or since when it is so no longer: figures of the past ask that.

    A record that says itself which days it is about (a number of a year) was a mistake.
    """

    why = forms.ChoiceField(
        label="为什么停用",
        choices=[
            (MISTAKE, "录错了，从来不是这样：以前各天也不再计入"),
            (NO_LONGER, "以前是这样，后来不再有效：自下面的日期起不再计入"),
        ],
        widget=forms.RadioSelect,
    )
    since = DateField(
        label="自何时起", required=False, help_text="后来不再有效的，填不再有效的第一天。"
    )
    reason = ReasonField(label="停用原因")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (hasattr(self.record, "true_until") or hasattr(self.record, "is_mistake")):
            del self.fields["why"], self.fields["since"]

    def clean(self) -> dict[str, Any]:
        """Cleaned to `since`: the first day on which it is so no longer, None for a mistake."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        why, since = cleaned.pop("why", MISTAKE), cleaned.get("since")
        if why == NO_LONGER and "since" not in self.errors and since is None:
            self.add_error("since", "请填写自何时起不再有效。")
        cleaned["since"] = since if why == NO_LONGER else None
        return cleaned
