"""The form of a post, and what its verbs ask."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from core.dates import today
from core.entities.forms import ActionForm, DateField, LookupField, ReasonField, RecordForm
from stations.models import Organization, Station
from talent.codes import Employment, PostKind
from talent.posts.actions import open_primary


class PostForm(RecordForm):
    """A new post of somebody who has a primary one says what becomes of that."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_new = self.instance._state.adding
        if is_new and (held := open_primary(self.instance.person)) is not None:
            self.fields["replaces_primary"] = forms.BooleanField(
                label=f"调岗：原主岗「{held}」到前一天为止",
                help_text="不勾选的，原主岗继续，请把「主岗」去掉，登记为兼岗。",
                required=False,
                initial=True,
            )

    def clean(self) -> dict[str, Any]:
        # The rules that the form asks next have to know.
        asked = self.cleaned_data.pop("replaces_primary", False)
        self.instance.replaces_primary = bool(asked and self.cleaned_data.get("is_primary"))
        return super().clean() or self.cleaned_data

    def _get_validation_exclusions(self) -> set[str]:
        """Two open primary posts are none where the one ends as the other begins."""
        ends = {"person"} if self.instance.replaces_primary else set()
        return super()._get_validation_exclusions() | ends


class EndForm(ActionForm):
    """Asks for the last day served; the action is told the first one after it."""

    last_day = DateField(
        label="最后在岗日",
        required=False,
        help_text="当天仍计入在岗，次日起不再计入。",
        initial=today,
    )
    was_never = forms.BooleanField(
        label="录错了，从来没有任过这个岗位", required=False, help_text="以前各天也不再计入。"
    )
    reason = ReasonField(label="离岗原因")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        last_day = cleaned.pop("last_day", None)
        if cleaned.pop("was_never", False):
            cleaned["ended_on"] = self.record.started_on
        elif last_day is not None:
            cleaned["ended_on"] = last_day + datetime.timedelta(days=1)
        elif "last_day" not in self.errors:
            self.add_error("last_day", "请填写最后在岗日。")
        return cleaned


class NewPlaceForm(ActionForm):
    """Where somebody serves from then on, and as what."""

    station = LookupField(
        Station.objects.none(), label="新站点", required=False,
        help_text="在站点服务的填站点，岗位所在地即站点所在地。",
    )  # fmt: skip
    organization = LookupField(
        Organization.objects.none(), label="新用人单位", required=False,
        help_text="不在站点服务的填。",
    )  # fmt: skip
    kind = forms.ChoiceField(label="岗位", choices=PostKind.choices, initial=PostKind.FRONTLINE)
    employment = forms.ChoiceField(label="用工性质", choices=Employment.choices)


class ReassignForm(NewPlaceForm):
    """调岗 of a person: where to and since when; the rest is as it was."""

    started_on = DateField(
        label="到岗日期", help_text="原主岗到前一天为止，中间不待岗。", initial=today
    )
    reason = ReasonField(label="事由")
    field_order = ("station", "organization", "started_on", "kind", "employment", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = open_primary(self.record)
        for name in ("kind", "employment"):
            self.fields[name].initial = getattr(held, name, None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        named = {"station", "organization"}
        if not named & self.errors.keys() and not any(cleaned.get(name) for name in named):
            self.add_error("station", "请填写新站点或新用人单位，至少一项。")
        return cleaned
