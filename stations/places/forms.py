"""What the verbs of a station ask, and the state of a new one."""

from __future__ import annotations

from typing import Any

from django import forms

from core.dates import today
from core.entities.forms import ActionForm, DateField, LookupField, ReasonField, RecordForm
from core.models import Region
from stations.codes import OPEN_STATUSES
from stations.places.models import Station

OPEN_STATES = [(status.value, status.label) for status in OPEN_STATUSES]


class StationForm(RecordForm):
    """Asks a new one for its state too: most are entered when they have long been running."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "status" in self.fields:
            self.fields["status"].widget = forms.RadioSelect()
            self.fields["status"].choices = OPEN_STATES
            # The model's own default would be chosen unseen.
            self.initial.pop("status", None)
            self.fields["status"].initial = None


class StateForm(ActionForm):
    status = forms.ChoiceField(label="变更为", choices=OPEN_STATES, widget=forms.RadioSelect)
    changed_on = DateField(label="变更日期", initial=today)
    reason = ReasonField()


class CloseForm(ActionForm):
    closed_on = DateField(label="撤并日期", initial=today)
    successor = LookupField(
        Station.objects.none(),
        label="接收站点",
        required=False,
        help_text="填写后，本站岗位转到接收站点；不填则岗位随之离岗。",
    )
    is_renamed = forms.BooleanField(label="更名或划转（不是撤并）", required=False)
    is_mistake = forms.BooleanField(
        label="录错了，从来没有这个站点", required=False, help_text="以前各天也不再计入。"
    )
    reason = ReasonField()


class ApproveForm(ActionForm):
    since = DateField(
        label="自何时起", required=False, help_text="原件上的批复日期；不填则自今天起计入。"
    )
    reason = ReasonField(label="确认依据", help_text="如批复原件、现场核查。")


class CoverageForm(ActionForm):
    regions = forms.ModelMultipleChoiceField(
        Region.objects.none(),
        label="覆盖的乡镇（街道）",
        widget=forms.CheckboxSelectMultiple,
    )
    changed_on = DateField(label="变更日期", initial=today)
    reason = ReasonField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        county = (self.record.region_id or "")[:6]
        townships = Region.objects.for_user(self.user).current().filter(level=4)
        self.fields["regions"].queryset = townships.filter(  # type: ignore[attr-defined]
            code__startswith=county
        )
        covered = self.record.coverages.filter(valid_to=None).values_list("region_id", flat=True)
        self.initial.setdefault("regions", list(covered))

    def clean_regions(self) -> list[Region]:
        return list(self.cleaned_data["regions"])
