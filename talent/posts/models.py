"""Where a person serves, from when to when."""

from __future__ import annotations

import datetime
from copy import copy
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Left

from core.audit.history import tracked
from core.models import Record
from core.scoping import ScopedQuerySet
from core.timeline import EndField, PrecisionField
from stations.models import Organization, Station
from talent.codes import NOT_EMPLOYED, Employment, PostKind
from talent.people.models import Person
from talent.people.states import follow_posts, relocate

ONE_PRIMARY = "该人员已有一个未结束的主岗。换岗请办理调岗；同时任两个岗位的，把新岗位登记为兼岗。"


class PostQuerySet(ScopedQuerySet):
    def open_on(self, day: datetime.date) -> Self:
        """Posts held on a day: the last day served is the one before `ended_on`."""
        return self.filter(started_on__lte=day).filter(Q(ended_on=None) | Q(ended_on__gt=day))

    def unended(self) -> Self:
        return self.filter(ended_on=None)

    def held(self) -> Self:
        """Without those that were held on no day."""
        return self.exclude(ended_on=F("started_on"))

    def end_all(self, *, on: datetime.date, reason: str) -> int:
        """End the open posts of the set and relocate their people; how many ended.

        Posts that began later than `on` end on the day they began.
        """
        ending = list(self.unended().select_for_update(of=("self",)).order_by("pk"))
        for post in ending:
            post.ended_on, post.end_reason = max(on, post.started_on), reason
            post.version += 1
        self.model.objects.bulk_update(ending, ["ended_on", "end_reason", "version"])
        relocate([post.person_id for post in ending])
        return len(ending)

    def cut_all(self, *, on: datetime.date) -> list[Post]:
        """Let the posts of the set that ended after a day end on it; as they were before."""
        longer = list(self.filter(ended_on__gt=on).select_for_update(of=("self",)).order_by("pk"))
        before = [copy(post) for post in longer]
        for post in longer:
            post.ended_on = max(on, post.started_on)
            post.version += 1
        self.model.objects.bulk_update(longer, ["ended_on", "version"])
        return before

    def close_all(self, *, on: datetime.date, reason: str) -> int:
        """No post of the set is held from a day on; how many were open. What a station does
        to its own posts when it closes: stations reach them as `station.posts`."""
        people = list(self.unended().order_by("person").values_list("person", flat=True))
        self.cut_all(on=on)
        count = self.end_all(on=on, reason=reason)
        for person in Person.objects.filter(pk__in=people).select_for_update(of=("self",)):
            follow_posts(person, on=on, reason=reason)
        return count

    def move_all(self, *, to: Station, on: datetime.date, reason: str) -> int:
        """From a day on the posts of the set are held at another station; how many are open."""
        moving = list(self.unended().order_by("pk"))
        # First those that have ended: what ends now ends as late as it began.
        staying = self.cut_all(on=on)
        self.filter(pk__in=[post.pk for post in moving]).end_all(on=on, reason=reason)
        for post in [*moving, *staying]:
            self.model.objects.create(
                person_id=post.person_id,
                station=to,
                organization_id=post.organization_id,
                region_id=to.region_id,
                kind=post.kind,
                is_primary=post.is_primary,
                employment=post.employment,
                started_on=max(on, post.started_on),
                ended_on=post.ended_on,
                end_reason=post.end_reason,
            )
        relocate([post.person_id for post in moving])
        return len(moving)

    def correct_region(self, before: str, after: str) -> None:
        """The place of work had been entered wrongly: it was `after` all the time."""
        wrong = self.filter(region=before)
        people = list(wrong.values_list("person", flat=True))
        wrong.update(region=after, version=F("version") + 1)
        relocate(people)

    def employed(self) -> Self:
        """Posts that make a 从业人员: neither interns nor volunteers (T1 L1)."""
        return self.exclude(employment__in=NOT_EMPLOYED)

    def in_conflict(self) -> Self:
        """R14: open full-time posts of people who hold another one in another county.

        One of any two is no primary post, and open secondary posts are few: they come first.
        """
        full_time = Post.objects.unended().employed()
        secondary = full_time.filter(is_primary=False).values("person")
        elsewhere = (
            full_time.filter(person=OuterRef("person"))
            .alias(county=Left("region_id", 6))
            .exclude(county=OuterRef("county"))
        )
        return (
            self.unended()
            .employed()
            .filter(person__in=secondary)
            .alias(county=Left("region_id", 6))
            .filter(Exists(elsewhere))
        )


@tracked
class Post(Record):
    """A post held by a person at a station or organisation, half-open [started, ended).

    `region` is the place of the station (else of the organisation) when the post began;
    it moves when a division is abolished or the station's place is corrected.
    """

    succession_fields = ("region",)

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts", verbose_name="人员")
    station = models.ForeignKey(
        Station,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name="站点",
        help_text="在站点服务的填站点，岗位所在地即站点所在地。",
    )
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name="用人单位",
        help_text="与谁签合同；不在站点服务的必填。",
    )
    # post_region serves equality too.
    region = models.ForeignKey(
        "core.Region", models.PROTECT, db_index=False, editable=False, verbose_name="岗位所在地"
    )
    kind = models.CharField("岗位", max_length=1, choices=PostKind, default=PostKind.FRONTLINE)
    title = models.CharField(
        "职务",
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="单位里的称呼，照实填写，如 居委会副主任。",
    )
    is_primary = models.BooleanField(
        "主岗",
        default=True,
        help_text="同一时间只能有一个主岗；人员的所在地区以主岗为准。",
    )
    employment = models.CharField(
        "用工性质", max_length=1, choices=Employment, default=Employment.AGENCY
    )
    started_on = models.DateField("入职日期")
    started_precision = PrecisionField()
    ended_on = EndField("最后在岗日", null=True, blank=True, editable=False)
    end_reason = models.CharField(
        "离岗原因", max_length=200, blank=True, default="", editable=False
    )

    # Not kept: with a new post the open primary one ends where it begins (调岗).
    replaces_primary = False

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "任职"
        verbose_name_plural = "岗位"
        ordering = ["-started_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(is_primary=True, ended_on=None),
                name="post_one_open_primary",
                violation_error_message=ONE_PRIMARY,
            ),
            models.CheckConstraint(
                condition=Q(station__isnull=False) | Q(organization__isnull=False),
                name="post_has_employer",
                violation_error_message="请选择站点或用人单位。",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="post_order",
                violation_error_message="最后在岗日不能早于入职日期。",
            ),
        ]
        indexes = [
            models.Index(fields=["region"], name="post_region", opclasses=["varchar_pattern_ops"]),
            models.Index(
                fields=["person"],
                name="post_open_secondary",
                condition=Q(ended_on=None, is_primary=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employer_name} {self.get_kind_display()}"

    @property
    def employer_name(self) -> str:
        """Name of the station or organisation; select_related both before lists."""
        employer = self.station or self.organization
        return employer.name if employer else ""
