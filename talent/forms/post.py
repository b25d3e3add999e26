"""The form of a post: a station or an employer, from when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.dates import today
from core.forms import RecordForm, RecordMeta, names_in
from core.rules import Flag, RuleError
from talent.keeping import place_post
from talent.models import Post

LAYOUT = (("任职", ("station", "organization", "kind", "is_primary", "employment", "started_on")),)


class PostForm(RecordForm):
    parent = "person"
    layout = LAYOUT

    class Meta(RecordMeta):
        model = Post
        fields = names_in(LAYOUT)
        help_texts = {
            "station": "在站点服务的填站点，岗位所在地即站点所在地。",
            "organization": "与谁签合同；不在站点服务的必填。",
            "is_primary": "同一时间只能有一个主岗；人员的所在地区以主岗为准。",
        }

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        started = cleaned.get("started_on")
        if not cleaned.get("station") and not cleaned.get("organization"):
            raise RuleError("R15", "请填写站点或用人单位，至少一项。", field="station")
        if started and started > today():
            raise RuleError("DATE", "入职日期不能晚于今天，请核对。", field="started_on")
        born = self.instance.person.birth_date
        if started and born:
            age = started.year - born.year - ((started.month, started.day) < (born.month, born.day))
            if age < 16:
                raise RuleError("R6", "入职时未满 16 周岁，请核对入职日期。", field="started_on")
            if age > 65:
                yield Flag("R6", "W", f"入职时已 {age} 周岁。", "started_on")
        station = cleaned.get("station")
        if station and station.built_on and started and started < station.built_on:
            yield Flag("R15", "W", "入职日期早于站点建成日期。", "started_on")

    def _post_clean(self) -> None:
        """Locate the post before its constraints are checked."""
        self.instance.station = self.cleaned_data.get("station")
        self.instance.organization = self.cleaned_data.get("organization")
        place_post(self.instance)
        super()._post_clean()
