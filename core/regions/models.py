"""Administrative divisions, effective-dated. The code is the key and its own path."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from core.scoping import in_scope

if TYPE_CHECKING:
    from core.accounts.models import User


class RegionQuerySet(models.QuerySet["Region"]):
    def for_user(self, user: User | Any) -> Self:
        """The user's own region and those below it: what a form may offer."""
        if not getattr(user, "is_active", False) or not user.region_id:
            return self.none()
        return self.filter(code__startswith=user.region_id)

    def valid_on(self, day: datetime.date) -> Self:
        """Regions in force on a day; validity is half-open, [valid_from, valid_to)."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gt=day)
        )

    def current(self) -> Self:
        return self.filter(valid_to=None)


class Region(models.Model):
    """A division: province 52, prefecture 5201, county 520102, township 520102016.

    Abolished codes stay, so that history keeps them and old ledgers still resolve; their
    `successor` says where current records go (without one they are 待划转).
    """

    class Level(models.IntegerChoices):
        PROVINCE = 1, "省"
        PREFECTURE = 2, "市（州）"
        COUNTY = 3, "县（市、区、特区）"
        TOWNSHIP = 4, "乡镇（街道）"

    code = models.CharField("区划代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=60)
    level = models.SmallIntegerField("级别", choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name="上级"
    )
    valid_from = models.DateField("启用日期", null=True)
    valid_to = models.DateField("撤销日期", null=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="predecessors", verbose_name="划归"
    )
    pinyin = models.CharField("拼音", max_length=120, default="")
    initials = models.CharField("拼音首字母", max_length=30, default="")

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = "行政区划"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def final_successor(self) -> Region | None:
        """The region in force that a chain of successions ends in, None where it breaks off."""
        seen = {self.code}
        current: Region | None = self
        while current is not None and current.valid_to is not None:
            current = current.successor
            if current is not None and current.code in seen:
                return None
            seen |= {current.code} if current else set()
        return current

    def is_in_scope_of(self, user: User) -> bool:
        return in_scope(self.code, user)


class RegionMove(models.Model):
    """Where a record lay until its division was abolished, so that earlier days count it there.

    Dated rows (posts, states, coverages) say that themselves; this is for records whose region
    stands on them (`remembers_moves`).
    """

    model = models.CharField("类型", max_length=60)
    object_id = models.UUIDField("记录")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="原地区")
    until = models.DateField("至", help_text="在接续地区的第一天")

    class Meta:
        verbose_name = "区划变动前的地区"
        constraints = [
            models.UniqueConstraint(
                fields=["model", "object_id", "until"], name="regionmove_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.until}"
