"""The form of a post: a station or an employer, from when."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from core.entities.forms import RecordForm, RecordMeta, names_in
from core.rules import Flag, RuleError
from talent.actions.posts import check_post
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
        if not cleaned.get("station") and not cleaned.get("organization"):
            raise RuleError("R15", "请填写站点或用人单位，至少一项。", field="station")
        if not cleaned.get("started_on"):
            return ()
        entered = copy(self.instance)
        for name in names_in(LAYOUT):
            setattr(entered, name, cleaned.get(name))
        place_post(entered)
        return check_post(entered)

    def _post_clean(self) -> None:
        """Locate the post before its constraints are checked."""
        self.instance.station = self.cleaned_data.get("station")
        self.instance.organization = self.cleaned_data.get("organization")
        place_post(self.instance)
        super()._post_clean()
