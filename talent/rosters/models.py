"""在岗确认单: what an employer is asked of her people, what she says of each, who has come."""

from __future__ import annotations

import datetime
import re
import secrets
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from core.audit.history import tracked
from core.models import Record
from core.scoping import ScopedQuerySet
from core.timeline import PrecisionField
from stations.models import Organization, Station
from talent.codes import PostKind, RosterAnswer, RosterState
from talent.people.models import Person
from talent.posts.models import Post

# Digits and letters that nobody takes for one another when typing what is printed.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_MARK, _LENGTH = "ZG", 8
_OPEN_ANSWERS = (RosterAnswer.NONE, RosterAnswer.UNSAID)
SERIAL = re.compile(rf"{_MARK}[{_ALPHABET}]{{{_LENGTH}}}")


def new_serial() -> str:
    """The stamp of a sheet: random, so that no sheet is told by the number of another."""
    return _MARK + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


class RosterQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        return self.filter(state=RosterState.OPEN)

    def of(self, station: object, organization: object) -> Self:
        """The sheets of one employer, as a post names it."""
        if station:
            return self.filter(station=station)
        return self.filter(station=None, organization=organization)


@tracked
class Roster(Record):
    """A sheet for one employer: the station, else the organisation, of the posts on it.

    `serial` is printed and comes back with it. What was not returned when the next sheet was
    issued is replaced; `batch` is the import that brought it back.
    """

    succession_fields = ("region",)
    only_names = True

    serial = models.CharField("单号", max_length=10, default=new_serial, editable=False)
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="rosters", verbose_name="站点"
    )
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rosters",
        verbose_name="用人单位",
    )
    region = models.ForeignKey(
        "core.Region", models.PROTECT, db_index=False, editable=False, verbose_name="所在地区"
    )
    as_of = models.DateField("截至日期", editable=False)
    count = models.PositiveIntegerField("单上人数", default=0, editable=False)
    state = models.CharField(
        "状态", max_length=1, choices=RosterState, default=RosterState.OPEN, editable=False
    )
    issued_by = models.ForeignKey(
        "core.User", models.PROTECT, editable=False, related_name="+", verbose_name="出单人"
    )
    returned_on = models.DateField("返回日期", null=True, blank=True, editable=False)
    returned_by = models.ForeignKey(
        "core.User",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="导入人",
    )
    file_name = models.CharField(
        "返回的文件", max_length=255, blank=True, default="", editable=False
    )
    batch = models.UUIDField(null=True, editable=False)

    objects = RosterQuerySet.as_manager()

    class Meta:
        verbose_name = "在岗确认单"
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["serial"],
                name="roster_serial",
                violation_error_message="单号重复，请重新出单。",
            ),
            models.CheckConstraint(
                condition=Q(station__isnull=False) | Q(organization__isnull=False),
                name="roster_has_employer",
                violation_error_message="请选择站点或用人单位。",
            ),
            models.UniqueConstraint(
                fields=["station"],
                condition=Q(state="1", station__isnull=False),
                name="roster_one_open_of_station",
                violation_error_message="这个站点已有一张待返回的单。",
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(state="1", station=None),
                name="roster_one_open_of_organization",
                violation_error_message="这个单位已有一张待返回的单。",
            ),
        ]
        indexes = [
            models.Index(fields=["region"], name="roster_region", opclasses=["varchar_pattern_ops"])
        ]

    def __str__(self) -> str:
        return f"{self.employer_name} {self.serial}"

    @property
    def employer(self) -> Station | Organization | None:
        """The station or organisation; select_related both before lists."""
        return self.station or self.organization

    @property
    def employer_name(self) -> str:
        return self.employer.name if self.employer else ""

    @property
    def came_back(self) -> str:
        """When it was returned, for a sentence about what it has said."""
        return f"{self.returned_on} 返回" if self.returned_on else "上次返回"

    def successor(self, user: Any = None) -> Roster | None:
        """The newest sheet that its employer was given after it, in the reach of a user if one is
        given: the employer may have moved since."""
        rows = Roster.objects.all() if user is None else Roster.objects.for_user(user)
        later = rows.of(self.station_id, self.organization_id)
        return later.filter(created_at__gt=self.created_at).order_by("created_at").last()


class RosterLineQuerySet(ScopedQuerySet):
    def answered(self) -> Self:
        return self.exclude(answer__in=_OPEN_ANSWERS)

    def unanswered(self) -> Self:
        """Of whom the employer has said nothing yet."""
        return self.filter(answer__in=_OPEN_ANSWERS)


@tracked
class RosterLine(Record):
    """Somebody on a sheet: her post as it was printed there, and what came back of her."""

    scope_field = "roster__region"
    only_names = True

    roster = models.ForeignKey(
        Roster, models.PROTECT, related_name="lines", verbose_name="在岗确认单"
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="rosterlines", verbose_name="人员"
    )
    kind = models.CharField("岗位", max_length=1, choices=PostKind)
    title = models.CharField("职务", max_length=60, blank=True, default="")
    started_on = models.DateField("入职日期")
    started_precision = PrecisionField()
    answer = models.CharField(
        "在岗情况", max_length=1, choices=RosterAnswer, default=RosterAnswer.NONE
    )
    last_day = models.DateField("最后在岗日", null=True, blank=True)
    remark = models.CharField("备注", max_length=200, blank=True, default="")

    objects = RosterLineQuerySet.as_manager()

    class Meta:
        verbose_name = "确认单上的人"
        ordering = ["roster_id", "started_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["roster", "person"],
                name="rosterline_once",
                violation_error_message="这个人已在这张单上。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}：{self.get_answer_display()}"

    @property
    def returned_on(self) -> datetime.date | None:
        return self.roster.returned_on


class RosterArrivalQuerySet(ScopedQuerySet):
    def told(self) -> Self:
        """With `registered`: whether somebody of that name was given a post there since the sheet
        was issued; she may have left again."""
        begun = Post.objects.held().filter(
            Q(station=OuterRef("roster__station"))
            | Q(station=None, organization=OuterRef("roster__organization")),
            person__name=OuterRef("name"),
            created_at__gt=OuterRef("roster__created_at"),
        )
        return self.annotate(registered=Exists(begun))

    def waiting(self) -> Self:
        """Those whom somebody has to register, or to say why not."""
        return self.told().filter(registered=False, dismissed_on=None)


@tracked
class RosterArrival(Record):
    """Somebody whom an employer has written under 新增: a to-do, and no record of a person.

    It is done when she was given a post there, by whatever door (a form, a ledger, a transfer).
    """

    scope_field = "roster__region"

    roster = models.ForeignKey(
        Roster,
        models.PROTECT,
        editable=False,
        related_name="arrivals",
        verbose_name="在岗确认单",
    )
    name = models.CharField("姓名", max_length=50)
    post = models.CharField("岗位", max_length=60, blank=True, default="")
    started_on = models.DateField("入职日期", null=True, blank=True)
    started_precision = PrecisionField()
    remark = models.CharField("备注", max_length=200, blank=True, default="")
    dismissed_on = models.DateField("不登记日期", null=True, blank=True, editable=False)
    dismiss_reason = models.CharField(
        "不登记原因", max_length=200, blank=True, default="", editable=False
    )

    # Annotated by `told`.
    registered = False

    objects = RosterArrivalQuerySet.as_manager()

    class Meta:
        verbose_name = "新到人员"
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["roster", "name"],
                name="rosterarrival_once",
                violation_error_message="这个人已列在这张单的新增里。",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        if self.dismissed_on:
            return "不登记"
        return "已登记" if self.registered else "待登记"
