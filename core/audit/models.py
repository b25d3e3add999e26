"""Who read whose data, and what happened to accounts and rights."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models.functions import Now

from core.audit.history import never_emptied
from core.secrecy.crypto import sign
from core.secrecy.identity import masked_numbers, without_id_numbers

_CHAIN_LOCK = 5201314


class ReadEventQuerySet(models.QuerySet["ReadEvent"]):
    def for_auditor(self, user: Any) -> ReadEventQuerySet:
        """What was read by accounts of the auditor's region, by workers everywhere for 52."""
        if not user.has_perm("core.view_read_log"):
            return self.none()
        if user.region_id == settings.PROVINCE_CODE:
            return self
        return self.in_region(user.region_id)

    def in_region(self, code: str) -> ReadEventQuerySet:
        """What accounts of a region read."""
        return self.filter(user__region__code__startswith=code)

    def exports_of(self, user: Any) -> ReadEventQuerySet:
        """The files of our making that a user took out; a record's own files are no exports."""
        made = self.filter(user=user, kind__in=[ReadEvent.Kind.EXPORT, ReadEvent.Kind.FILE])
        return made.exclude(detail__has_key="attachment")


class SecurityEventQuerySet(models.QuerySet["SecurityEvent"]):
    def for_user(self, user: Any) -> SecurityEventQuerySet:
        """Events of accounts in the user's region; those without one are the province's."""
        if not user.has_perm("core.view_security_log"):
            return self.none()
        if user.region_id == settings.PROVINCE_CODE:
            return self
        return self.in_region(user.region_id)

    def in_region(self, code: str) -> SecurityEventQuerySet:
        return self.filter(region_code__startswith=code)


class ReadEvent(models.Model):
    """One act of reading people's data: a list page, a record, a reveal, an export.

    The people concerned are an array of Person ids (core knows nothing of social work),
    so that each person can see who looked. Written in the same request as the reading;
    when it cannot be written the reading fails.
    """

    class Kind(models.TextChoices):
        LIST = "list", "名单"
        DETAIL = "detail", "详情"
        REVEAL = "reveal", "查看完整号码"
        EXPORT = "export", "导出"
        PRINT = "print", "打印"
        FILE = "file", "文件"
        API = "api", "接口"
        SEARCH = "search", "查找"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField("时间", db_default=Now())
    user = models.ForeignKey("core.User", models.PROTECT, verbose_name="查阅人")
    kind = models.CharField("方式", max_length=10, choices=Kind)
    people = ArrayField(models.UUIDField(), default=list, verbose_name="涉及人员")
    count = models.PositiveIntegerField("人数", default=0)
    reason = models.CharField("事由", max_length=200, default="", blank=True)
    # Filter, address without query values that could identify, file hash.
    detail = models.JSONField("说明", default=dict)

    objects = ReadEventQuerySet.as_manager()

    class Meta:
        verbose_name = "查阅记录"
        ordering = ["-at"]
        indexes = [
            GinIndex(fields=["people"], name="readevent_people"),
            models.Index(fields=["user", "-at"], name="readevent_user_at"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"

    @classmethod
    def record(
        cls,
        *,
        user: Any,
        kind: str,
        people: list[uuid.UUID],
        reason: str = "",
        **detail: Any,
    ) -> ReadEvent:
        """Write one event about `people` (ids). Raises when it cannot be written."""
        return cls.objects.create(
            user=user,
            kind=kind,
            people=people,
            count=len(people),
            reason=without_id_numbers(reason),
            # What was searched for may be somebody's number.
            detail={k: masked_numbers(v) if isinstance(v, str) else v for k, v in detail.items()},
        )


class SecurityEvent(models.Model):
    """What happened to accounts, rights and secrets, each row sealed to the one before.

    `seal` is HMAC-SM3 over the row and the previous seal: altering or removing a row
    breaks every later one (`manage.py verify_audit` names it).
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(
        "core.User", models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )
    kind = models.CharField("事项", max_length=40)
    target = models.CharField("对象", max_length=100, default="")
    region_code = models.CharField("辖区", max_length=12, default="")
    detail = models.JSONField("说明", default=dict)
    seal = models.BinaryField(max_length=32)

    objects = SecurityEventQuerySet.as_manager()

    class Meta:
        verbose_name = "安全日志"
        ordering = ["-id"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied(),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"

    @property
    def by_words(self) -> str:
        """Who did it; of a try to log in nobody knows, and it was not the system."""
        return str(self.actor or ("未知" if self.kind == "登录失败" else "系统"))

    def digest(self, previous: bytes) -> bytes:
        """The seal this row must carry after `previous` (b"" for the first row)."""
        body = json.dumps(
            [
                self.at.isoformat(),
                str(self.actor_id or ""),
                self.kind,
                self.target,
                self.region_code,
                self.detail,
            ],
            sort_keys=True,
            ensure_ascii=False,
        ).encode()
        return sign(previous + hashlib.new("sm3", body).digest())

    @classmethod
    def record(
        cls, *, kind: str, actor: Any = None, target: str = "", region_code: str = "", **detail: Any
    ) -> SecurityEvent:
        """Append one event. Call inside a transaction: a lock orders the chain."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
        last = cls.objects.order_by("-id").values_list("seal", flat=True).first()
        event = cls(
            at=datetime.datetime.now(datetime.UTC),
            actor=actor,
            kind=kind,
            target=target,
            # What has no other place belongs to that of who did it.
            region_code=region_code or getattr(actor, "region_id", "") or "",
            detail=detail,
        )
        event.seal = event.digest(bytes(last or b""))
        event.save()
        return event
