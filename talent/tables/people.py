"""People and their posts."""

from typing import Any

from core.entities.tables import (
    EMPTY,
    Column,
    DateColumn,
    MaskedColumn,
    NameColumn,
    PlaceColumn,
    RecordTable,
    TagColumn,
)
from talent import kinds
from talent.codes import COUNTING_LEVELS, CertificateLevel
from talent.models import Person, Post


class PersonTable(RecordTable):
    name = NameColumn(verbose_name="姓名", url_name="person_detail")
    sex = Column(verbose_name="性别", accessor="get_sex_display", orderable=False)
    masked_id_number = MaskedColumn(verbose_name="证件号码")
    masked_phone = MaskedColumn(verbose_name="联系电话")
    region = PlaceColumn(verbose_name="所在地区", accessor="region_id", card=True, orderable=False)
    certificate = Column(verbose_name="证书", empty_values=(), orderable=False, card=True)
    status = TagColumn(
        verbose_name="状态",
        accessor="get_status_display",
        field="status",
        kinds=kinds.PERSON,
        orderable=False,
        card=True,
    )
    updated_at = DateColumn(verbose_name="更新日期")
    birth_date = DateColumn(verbose_name="出生日期")
    ethnicity = Column(verbose_name="民族", accessor="get_ethnicity_display", orderable=False)
    category = Column(verbose_name="人才类别", accessor="get_category_display", orderable=False)
    verification = TagColumn(
        verbose_name="核实级别",
        accessor="get_verification_display",
        field="verification",
        kinds=kinds.VERIFICATION,
        orderable=False,
    )
    number = Column(verbose_name="人才编号", orderable=False, css="mono")
    created_at = DateColumn(verbose_name="建档日期")

    optional = ("birth_date", "ethnicity", "category", "verification", "number", "created_at")
    sorts = {"name": ("pinyin",)}

    class Meta(RecordTable.Meta):
        model = Person
        fields = ()

    def render_certificate(self, record: Any) -> str:
        """The highest counting level held; certificates are prefetched."""
        levels = [c.level for c in record.held_certificates if not c.ended_on]
        counting = [level for level in levels if level in COUNTING_LEVELS]
        if not counting:
            return EMPTY
        return str(CertificateLevel(max(counting)).label)


class PostTable(RecordTable):
    person = NameColumn(verbose_name="姓名", url_name="post_detail", accessor="person__name")
    employer_name = Column(verbose_name="站点或用人单位", orderable=False, css="wrap", card=True)
    kind = Column(verbose_name="岗位", accessor="get_kind_display", orderable=False, card=True)
    employment = Column(verbose_name="用工性质", accessor="get_employment_display", orderable=False)
    is_primary = Column(verbose_name="主岗", orderable=False)
    region = PlaceColumn(verbose_name="岗位所在地", accessor="region_id", orderable=False)
    started_on = DateColumn(verbose_name="入职日期")
    ended_on = DateColumn(verbose_name="离岗日期", card=True)

    always = ("person",)

    class Meta(RecordTable.Meta):
        model = Post
        fields = ()

    def render_is_primary(self, value: bool) -> str:
        return "主岗" if value else "兼岗"
