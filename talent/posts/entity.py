"""Posts: their list, pages and form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from core.entities.columns import Column
from core.entities.declarations import Action, Section
from core.entities.filters import Chosen
from core.entities.forms.actions import ReasonForm
from core.entities.pages.record import DetailPage
from core.regions.names import place_name
from core.rules import Answers, Flag
from talent.people.belonging import PERSON_NAME, part_of_person
from talent.people.finding import person_condition
from talent.posts.actions import (
    check_post,
    counties_in_conflict,
    end_post,
    make_part_time,
    start_post,
    update_post,
)
from talent.posts.forms import EndForm, PostForm
from talent.posts.models import Post
from talent.posts.rules import place_post


class PostPage(DetailPage):
    def detail_context(self, record: Any) -> dict[str, Any]:
        context = super().detail_context(record)
        if codes := counties_in_conflict(record):
            names = "、".join(place_name(code) for code in codes)
            words = f"该人员在{names}还有未结束的全职岗位。请双方核对，由一方办理离岗或改为兼职。"
            context["sections"][0]["facts"].append(
                {"label": "跨县任职", "value": words, "wide": True}
            )
        return context


def check(post: Post) -> Iterable[Flag]:
    answers = Answers()
    if not post.station_id and not post.organization_id:
        answers.refuse("R15", "请填写站点或用人单位，至少一项。", field="station")
    place_post(post)
    if post.started_on:
        answers.ask(check_post, post)
    return answers.settle()


def search(text: str, filterset: Any) -> Q:
    return (
        person_condition(text, prefix="person__", inside=True)
        | Q(station__name__contains=text)
        | Q(organization__name__contains=text)
    )


POSTS = part_of_person(
    model=Post,
    prefix="posts/",
    api="posts",
    unit="个",
    icon="briefcase",
    files="劳动合同 聘用文件 在岗证明",
    can_deactivate=False,
    ends_ordinarily=True,
    ended_word="已离岗",
    sections=(
        Section("任职", "person station organization region kind title is_primary employment "
                       "started_on ended_on end_reason"),
    ),
    columns=(
        PERSON_NAME,
        Column("employer_name", "站点或用人单位", css="wrap", card=True),
        "kind* title? employment",
        Column("is_primary", words={True: "主岗", False: "兼岗"}),
        "region started_on ended_on*",
    ),
    filters=(
        "region",
        Chosen("state", "任职", {
            "open": ("在任", Q(ended_on=None)),
            "ended": ("已离岗", Q(ended_on__isnull=False)),
            "all": ("全部", Q()),
        }),
        "kind employment",
        Chosen("is_primary", "主岗兼岗",
               {"1": ("主岗", Q(is_primary=True)), "0": ("兼岗", Q(is_primary=False))}),
        "station",
        Chosen("conflict", "跨县任职", {"1": (
            "与外县全职冲突", lambda: Q(pk__in=Post.objects.in_conflict().values("pk")))}),
    ),
    current=Q(ended_on=None),
    search=search,
    search_hint="姓名、人才编号、证件号、站点、用人单位",
    empty_hint="在人员的页面上添加任职，或随花名册一起导入。",
    labels={"employer_name": "站点或用人单位"},
    headline="person started_on",
    select_related=("person", "station", "organization"),
    check=check,
    form=PostForm,
    create=start_post,
    update=update_post,
    pages={"detail": PostPage},
    actions=(
        Action("part-time", "改为兼职", ReasonForm, make_part_time, "talent.decide_postconflict",
               when=lambda p: bool(counties_in_conflict(p)),
               consequence="本岗位登记为兼职，不再与外县的全职岗位冲突；本岗位是主岗的，主岗转到外县的岗位，人员随主岗。"),
        Action("end", "离岗", EndForm, end_post, "talent.end_post",
               when=lambda p: p.ended_on is None, is_serious=True, is_primary=True,
               consequence="最后在岗日的次日起不再计入在岗；没有其他岗位的，人员转为待岗。"),
    ),
)  # fmt: skip
