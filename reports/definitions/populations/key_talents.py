"""People with approved claims of new key talents (T3), by both readings of the baseline."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce

from core.figures.population import Reads, is_so
from core.timeline import in_use_on
from reports.definitions.populations.people import (
    CERTIFICATES,
    POSTS,
    STATES,
    OfPeople,
    Words,
    located,
)
from reports.plans.calendar import baselines
from reports.plans.models import Plan
from talent.codes import (
    REGISTERED_STATUSES,
    CertificateLevel,
    ClaimClass,
    ClaimState,
    NativeBasis,
    Origin,
    PersonStatus,
)
from talent.models import Certificate, KeyTalentClaim, Person, PersonState, Post

MIDDLE = (CertificateLevel.SOCIAL_WORKER, CertificateLevel.SENIOR)


def _approved(day: datetime.date) -> QuerySet[KeyTalentClaim]:
    """Approved claims of 黔籍 people whose qualification existed on the day."""
    return KeyTalentClaim.objects.filter(
        in_use_on(day),
        state=ClaimState.APPROVED,
        qualified_on__lte=day,
        native_basis__in=NativeBasis.values,
    )


def _new(day: datetime.date, baseline: datetime.date, kind: str) -> Exists:
    """A claim of the class qualified after the baseline; an upgrade from 中级 is not new."""
    claims = _approved(day).filter(
        person=OuterRef("pk"),
        claim_class=kind,
        origin=Origin.NEW,
        qualified_on__gt=baseline,
    )
    if kind == ClaimClass.CERTIFIED:
        before = Certificate.objects.filter(
            in_use_on(baseline),
            person=OuterRef("person"),
            level__in=MIDDLE,
            approved_on__lte=baseline,
        )
        claims = claims.exclude(Exists(before))
    return Exists(claims)


class KeyTalents(OfPeople):
    code = "key_talents"
    name = "重点人才"
    reads = {
        Person: Reads("residence is_mistake merged_into", "pk"),
        PersonState: STATES,
        Post: POSTS,
        Certificate: CERTIFICATES,
        KeyTalentClaim: Reads(
            "person claim_class qualified_on native_basis origin state ended_on true_until",
            "person",
        ),
        Plan: Reads("starts_on baseline_on document_on"),
    }
    order = ("pinyin", "pk")
    facts = {
        "new_a": "A 类：基期后取得社会工作师及以上证书",
        "new_b": "B 类：基期后讲授专业课程且取得副高级及以上职称",
        "new_c": "C 类：基期后取得社会工作或社会学博士学位",
        "late_a": "A 类：文件公布后取得社会工作师及以上证书",
        "late_b": "B 类：文件公布后具备",
        "late_c": "C 类：文件公布后取得博士学位",
        "introduced": "引进：已具备资格后来黔",
        "present": "当日仍在库",
    }

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        baseline, document = baselines(day)
        facts: dict[str, Any] = {}
        for kind in ClaimClass.values:
            facts[f"new_{kind.lower()}"] = _new(day, baseline, kind)
            facts[f"late_{kind.lower()}"] = _new(day, document, kind)
        came = _approved(day).filter(person=OuterRef("pk"), origin=Origin.INTRODUCED)
        claimed = _approved(day).filter(person=OuterRef("pk"))
        begun = Post.objects.held().filter(
            person=OuterRef("pk"), is_primary=True, started_on__lte=day
        )
        last_post = begun.order_by("-started_on", "pk")
        # A mistake is nobody on any day, a record that was merged is another's; one that is
        # 停用 for another reason has been since then.
        people = located(day, Person.objects.filter(Exists(claimed), is_mistake=False)).exclude(
            state_then__status__in=(PersonStatus.DEACTIVATED, PersonStatus.MERGED)
        )
        present = Q(state_then__status__in=REGISTERED_STATUSES)
        return people.annotate(
            # The count is cumulative: who left or died stays where the last post was.
            place=Coalesce(
                F("post_then__region"),
                Case(When(present, then=F("state_then__residence"))),
                Subquery(last_post.values("region")[:1]),
                F("state_then__residence"),
                F("residence"),
                output_field=CharField(),
            ),
            introduced=Exists(came),
            present=is_so(present),
            **facts,
        )

    def reasons(self, records: Sequence[Model], day: datetime.date) -> dict[Any, dict[str, str]]:
        baseline, document = baselines(day)
        words: Words = defaultdict(dict)
        for claim in _approved(day).filter(person__in=[r.pk for r in records]):
            kind = claim.claim_class.lower()
            said = f"{claim.claim_class} 类：{claim.qualified_on} 取得（{claim.evidence}）"
            native = f"黔籍依据：{claim.get_native_basis_display()}"
            mine = words[claim.person_id]
            mine[f"new_{kind}"] = f"{said}，晚于基期 {baseline}；{native}"
            mine[f"late_{kind}"] = f"{said}，晚于文件公布日 {document}；{native}"
            mine["introduced"] = f"引进：{said}；{native}"
        return words


KEY_TALENTS = KeyTalents()
