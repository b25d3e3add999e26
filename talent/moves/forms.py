"""What transfers ask: to which county, and for whom."""

from __future__ import annotations

from typing import Any

from django import forms

from core.decisions.entity import AnswerForm
from core.entities.forms import ActionForm, LookupField, ReasonField, RegionField
from core.entities.forms.widgets import SearchSelect
from core.models import Region
from core.regions.names import place_name
from core.secrecy.identity import ID_TYPES
from stations.models import Station
from talent.codes import Employment, PostKind
from talent.posts.forms import NewPlaceForm


class CountyField(forms.ModelChoiceField):
    """A county anywhere in the province but those of the user: where somebody is to move."""

    widget = SearchSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Region.objects.none(), **kwargs)

    def offer(self, user: Any) -> None:
        """Read today's counties; called by the form."""
        counties = Region.objects.current().filter(level=Region.Level.COUNTY)
        self.queryset = counties.exclude(pk__startswith=user.region_id)
        self.choices = [(county.pk, place_name(county.pk)) for county in self.queryset]


class TransferOutForm(ActionForm):
    to_region = CountyField(
        label="转入县（市、区）", help_text="由对方审核员接收；15 天未处理自动转入。"
    )
    reason = ReasonField(label="转出原因")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_region"].offer(self.user)


class AcceptForm(NewPlaceForm, AnswerForm):
    """The county that takes somebody over says where she serves from now on, so that nobody is
    待岗 between. Who asked to have her has said so already."""

    field_order = (*NewPlaceForm.base_fields, "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["station"].help_text = "同意的填：今天起在这里任职。"
        self.fields[
            "organization"
        ].help_text += "都不填的，转入后为待岗，不计入在岗，请随后添加任职。"
        if self.record is None or self.record.direction == "in":
            for name in NewPlaceForm.base_fields:
                del self.fields[name]


class TransferInForm(ActionForm):
    id_type = forms.ChoiceField(label="证件类型", choices=ID_TYPES)
    id_number = forms.CharField(
        label="证件号码",
        max_length=40,
        widget=forms.TextInput(attrs={"class": "mono-input", "autocomplete": "off"}),
    )
    to_region = RegionField(label="转入地", min_level=3)
    station = LookupField(Station.objects.none(), label="拟任职站点", required=False)
    kind = forms.ChoiceField(label="岗位", choices=PostKind.choices, initial=PostKind.FRONTLINE)
    employment = forms.ChoiceField(label="用工性质", choices=Employment.choices)
    reason = ReasonField(label="转入原因")

    def post(self) -> dict[str, Any]:
        """The proposed post as the request keeps it: codes and ids, no personal number."""
        station = self.cleaned_data["station"]
        if station is None:
            return {}
        return {
            "station": str(station.pk),
            "kind": self.cleaned_data["kind"],
            "employment": self.cleaned_data["employment"],
        }
