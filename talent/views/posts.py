"""Pages of posts."""

from __future__ import annotations

from typing import Any

from core.entities.pages import EntityView, Section
from core.regions.names import place_name
from core.secrecy.numbers import Secret
from talent import verbs
from talent.actions.posts import counties_in_conflict, start_post, update_post
from talent.filters import PostFilter
from talent.forms import PostForm
from talent.models import Post
from talent.tables import PostTable
from talent.views.people import named_by


class PostView(EntityView):
    model = Post
    unit = "个"
    icon = "briefcase"
    table = PostTable
    filterset = PostFilter
    form = PostForm
    person_path = "person_id"
    parent = "person"
    select_related = ("person", "station", "organization")
    is_created_alone = False
    search_hint = "姓名、证件号、站点、用人单位"
    empty_hint = "在人员的页面上添加任职，或随花名册一起导入。"
    headline = ("person", "started_on")
    labels = {"employer_name": "站点或用人单位"}
    actions = verbs.POST
    sections = (
        Section(
            "任职",
            ("person", "station", "organization", "region", "kind", "is_primary", "employment",
             "started_on", "ended_on", "end_reason"),
        ),
    )  # fmt: skip

    def secret_condition(self, secret: Secret) -> Any:
        return named_by(secret, path="person__")

    def detail_context(self, record: Any) -> dict[str, Any]:
        context = super().detail_context(record)
        if codes := counties_in_conflict(record):
            names = "、".join(place_name(code) for code in codes)
            words = f"该人员在{names}还有未结束的全职岗位。请双方核对，由一方办理离岗或改为兼职。"
            context["sections"][0]["facts"].append(
                {"label": "跨县任职", "value": words, "wide": True}
            )
        return context

    def save_new(self, record: Any, form: Any) -> Any:
        return start_post(post=record, by=self.request.user)

    def save_changes(self, record: Any, form: Any) -> None:
        update_post(post=record, by=self.request.user)
