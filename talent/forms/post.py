"""The form of a post: a station or an employer, from when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.forms import RecordForm, RecordMeta, names_in
from core.rules import Flag, RuleError
from stations.keeping import closed_on
from talent.keeping import place_post
from talent.models import Post
from talent.rules import (
    check_age_at_post,
    check_not_future,
    check_one_primary,
    check_post_within,
)

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
        started, station = cleaned.get("started_on"), cleaned.get("station")
        if not station and not cleaned.get("organization"):
            raise RuleError("R15", "请填写站点或用人单位，至少一项。", field="station")
        if not started:
            return
        check_not_future(started, label="入职日期", field="started_on")
        yield from check_age_at_post(self.instance.person.birth_date, started)
        others = Post.objects.filter(person=self.instance.person, ended_on=None).exclude(
            pk=self.instance.pk
        )
        check_one_primary(
            is_primary=bool(cleaned.get("is_primary")) and self.instance.ended_on is None,
            has_open_primary=others.filter(is_primary=True).exists(),
        )
        yield from check_post_within(
            started_on=started,
            ended_on=self.instance.ended_on,
            opened_on=station.built_on if station else None,
            closed_on=closed_on(station) if station else None,
        )

    def _post_clean(self) -> None:
        """Locate the post before its constraints are checked."""
        self.instance.station = self.cleaned_data.get("station")
        self.instance.organization = self.cleaned_data.get("organization")
        place_post(self.instance)
        super()._post_clean()
