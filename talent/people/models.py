"""The person, once in the whole province, and the person's dated status and residence."""

from __future__ import annotations

import datetime
import secrets
import uuid
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left

from core.audit.history import tracked
from core.models import Record
from core.national import PlaceField, is_known_division
from core.pinyin import name_pinyin
from core.rules import RuleError
from core.scoping import ScopedModel, ScopedQuerySet
from core.secrecy.fields import BlindIndexField, EncryptedTextField
from core.secrecy.identity import ID_TYPES, RESIDENT, SEXES, mask_id_number, mask_phone
from core.timeline import dated_on
from talent.codes import (
    ETHNICITIES,
    REGISTERED_STATUSES,
    PersonStatus,
    PoliticalStatus,
    ServiceField,
    Source,
    TalentCategory,
    Verification,
)
from talent.people.rules import check_birth_date

_NUMBER_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_number() -> str:
    """A public 人才编号: 12 random characters without look-alikes, never the ID number."""
    # 32 characters are five bits of a random byte each.
    return "".join([_NUMBER_ALPHABET[byte & 31] for byte in secrets.token_bytes(12)])


class PersonQuerySet(ScopedQuerySet):
    def registered(self) -> Self:
        """在库 today: serving, idle or to be verified."""
        return self.filter(status__in=REGISTERED_STATUSES)


@tracked
class Person(Record):
    """A social-work talent.

    `status`, `region` and `residence` repeat today's PersonState and open primary Post:
    `region` is the place of the open primary post, else the residence. Only actions and
    the importer set them. ID number and phone are ciphertext; `id_index` is unique in the
    whole province whatever the scope (R4).
    """

    scope_columns = {2: "prefecture", 3: "county"}
    succession_fields = ("residence", "region")
    dated_columns = {"verification": ""}

    number = models.CharField("人才编号", max_length=12, default=new_number)
    name = models.CharField(
        "姓名", max_length=50, help_text="与身份证一致；少数民族姓名中的圆点请照写。"
    )
    former_name = models.CharField("曾用名", max_length=50, blank=True, default="")
    # In bytes' order its index serves pages and beginnings alike.
    pinyin = models.CharField("拼音", max_length=120, default="", editable=False, db_collation="C")
    initials = models.CharField("拼音首字母", max_length=30, default="", editable=False)
    id_type = models.CharField("证件类型", max_length=1, choices=ID_TYPES, default=RESIDENT)
    id_number = EncryptedTextField(
        "证件号码", purpose="id_number", help_text="填写后自动得出出生日期和性别。"
    )
    id_index = BlindIndexField(source="id_number", purpose="id_number", editable=False)
    phone = EncryptedTextField(
        "联系电话", purpose="phone", blank=True, help_text="手机号，或带区号的座机号。"
    )
    phone_index = BlindIndexField(source="phone", purpose="phone", editable=False)
    address = models.CharField("通讯地址", max_length=100, blank=True, default="", db_default="")
    sex = models.CharField("性别", max_length=1, choices=SEXES, default="0")
    birth_date = models.DateField("出生日期", null=True, blank=True)
    ethnicity = models.CharField("民族", max_length=2, choices=ETHNICITIES, blank=True, default="")
    # What papers call whom the 56 do not name: 穿青人.
    ethnicity_word = models.CharField(
        "民族原文",
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="民族为「其他」的，照证件填写，如 穿青人。",
    )
    political_status = models.CharField(
        "政治面貌", max_length=2, choices=PoliticalStatus, blank=True, default=""
    )
    # Six-digit national codes, today's or abolished; "" is unknown.
    native_place = PlaceField("籍贯", max_length=6, blank=True, default="")
    household_place = PlaceField("户籍地", max_length=6, blank=True, default="")
    residence = models.ForeignKey(
        "core.Region",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="常住地",
    )
    # person_region serves equality too.
    region = models.ForeignKey(
        "core.Region",
        models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        verbose_name="所在地区",
    )
    category = models.CharField(
        "人才类别", max_length=2, choices=TalentCategory, default=TalentCategory.PRACTICE
    )
    sources = ArrayField(
        models.CharField(max_length=2, choices=Source),
        default=list,
        blank=True,
        verbose_name="来源类别",
    )
    service_fields = ArrayField(
        models.CharField(max_length=2, choices=ServiceField),
        default=list,
        blank=True,
        size=3,
        verbose_name="服务领域",
        help_text="最多选 3 项。",
    )
    status = models.CharField(
        "人员状态",
        max_length=2,
        choices=PersonStatus,
        default=PersonStatus.SERVING,
        editable=False,
    )
    verification = models.CharField(
        "核实级别",
        max_length=1,
        choices=Verification,
        default=Verification.EMPLOYER,
        editable=False,
    )
    # 停用 as entered by mistake: the person counts on no day, whatever the dated rows say.
    is_mistake = models.BooleanField("误录", default=False, db_default=False, editable=False)
    confirmed_on = models.DateField("最近确认日期", null=True, blank=True, editable=False)
    # So that a past day can still tell whether the record was fresh then.
    confirmed_before = ArrayField(
        models.DateField(), default=list, db_default=[], editable=False,
        verbose_name="以前的确认日期",
    )  # fmt: skip
    data_source = models.CharField("数据来源", max_length=40, default="录入", editable=False)
    remark = models.CharField("备注", max_length=200, blank=True, default="")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="person",
        verbose_name="账号",
    )
    # 合并: the record that this one was a duplicate of; its number leads there.
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="aliases",
        db_index=False,
        verbose_name="合并到",
    )
    county = models.GeneratedField(
        expression=Left(F("region"), 6),
        output_field=models.CharField(max_length=6),
        db_persist=True,
        verbose_name="县（市、区）",
    )
    prefecture = models.GeneratedField(
        expression=Left(F("region"), 4),
        output_field=models.CharField(max_length=4),
        db_persist=True,
        verbose_name="市（州）",
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "人员"
        ordering = ["pinyin", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["id_index"],
                name="person_id_index",
                violation_error_message="该证件号码已在册。",
            ),
            # Not unique=True, which adds an index for LIKE that nobody uses.
            models.UniqueConstraint(
                fields=["number"],
                name="person_number",
                violation_error_message="人才编号重复，请重新保存。",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in PersonStatus]),
                name="person_status",
                violation_error_message="人员状态不在可选范围内。",
            ),
            models.CheckConstraint(
                condition=Q(verification__in=[v.value for v in Verification]),
                name="person_verification",
                violation_error_message="核实级别不在可选范围内。",
            ),
        ]
        indexes = [
            # With the status of the lists' usual filter inside, pages and counts are read
            # from the index alone (middle page of a million: 2,400 ms without, 100 with).
            models.Index(fields=["pinyin", "id"], include=["status"], name="person_pinyin"),
            models.Index(
                fields=["county", "pinyin", "id"], include=["status"], name="person_county_pinyin"
            ),
            models.Index(
                fields=["prefecture", "pinyin", "id"],
                include=["status"],
                name="person_prefecture_pinyin",
            ),
            models.Index(
                fields=["region"], name="person_region", opclasses=["varchar_pattern_ops"]
            ),
            models.Index(fields=["name"], name="person_name", opclasses=["varchar_pattern_ops"]),
            models.Index(
                fields=["initials"], name="person_initials", opclasses=["varchar_pattern_ops"]
            ),
            # Finds letters anywhere in a name (oyjh, guiyue).
            GinIndex(
                fields=["pinyin", "initials"],
                name="person_sounds",
                opclasses=["gin_trgm_ops", "gin_trgm_ops"],
            ),
            models.Index(
                fields=["merged_into"],
                name="person_merged_into",
                condition=Q(merged_into__isnull=False),
            ),
            models.Index(
                fields=["phone_index"],
                name="person_phone",
                condition=Q(phone_index__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.pinyin, self.initials = name_pinyin(self.name)
        check_birth_date(self.birth_date)
        for name, label in (("native_place", "籍贯"), ("household_place", "户籍地")):
            if (code := getattr(self, name)) and not is_known_division(code):
                message = f"{label}代码 {code} 不在历年行政区划代码中，请核对。"
                raise RuleError("R2", message, field=name)

    def confirm(self, *days: datetime.date) -> None:
        """Note that the record was found true on these days; the latest is shown."""
        known = {*days, *self.confirmed_before, *filter(None, [self.confirmed_on])}
        *self.confirmed_before, self.confirmed_on = sorted(known)

    @property
    def masked_id_number(self) -> str:
        return mask_id_number(str(self.id_number))

    @property
    def masked_phone(self) -> str:
        return mask_phone(str(self.phone))


class PersonStateQuerySet(ScopedQuerySet):
    def in_force_on(self, day: datetime.date) -> Self:
        return self.filter(dated_on(day))

    def held(self) -> Self:
        """Without those that hold on no day."""
        return self.exclude(valid_to=F("valid_from"))


@tracked
class PersonState(ScopedModel):
    """A person's status and residence over time, half-open [valid_from, valid_to).

    A change of either closes the open row and opens another on the day it takes effect.
    Figures as of a day come from here, never from an audit log. A person enters the
    registry with one row from the day the person is known to have served (first post) or
    the day of entry.
    """

    scope_field = "person__region"
    scope_columns = {2: "person__prefecture", 3: "person__county"}
    succession_fields = ("residence",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="states")
    status = models.CharField("状态", max_length=2, choices=PersonStatus)
    residence = models.ForeignKey(
        "core.Region",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="常住地",
    )
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)
    reason = models.CharField("事由", max_length=200, blank=True, default="")
    proof = models.CharField("依据", max_length=200, blank=True, default="")

    objects = PersonStateQuerySet.as_manager()

    class Meta:
        verbose_name = "人员状态"
        ordering = ["person_id", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(valid_to=None), name="personstate_one_open"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="personstate_order",
            ),
        ]
