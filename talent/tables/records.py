"""Certificates, registrations, education, titles, claims and graduate figures."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.dates import today
from core.entities.tables import (
    Column,
    DateColumn,
    NameColumn,
    NumberColumn,
    PlaceColumn,
    RecordTable,
    TagColumn,
)
from core.templatetags.shell import days_left
from talent import kinds
from talent.models import (
    Certificate,
    Education,
    GraduateStat,
    KeyTalentClaim,
    RegistrationPeriod,
    Title,
)


class CertificateTable(RecordTable):
    person = NameColumn(
        verbose_name="姓名", url_name="certificate_detail", accessor="person__name", orderable=False
    )
    level = Column(
        verbose_name="证书级别", accessor="get_level_display", orderable=False, card=True
    )
    approved_on = DateColumn(verbose_name="批准日期", card=True)
    issuer = Column(verbose_name="发证机关", css="wrap", orderable=False)
    exam_province = Column(verbose_name="考区省份", orderable=False)
    verification = TagColumn(
        verbose_name="核验级别",
        accessor="get_verification_display",
        field="verification",
        kinds=kinds.VERIFICATION,
        orderable=False,
        card=True,
    )
    region = PlaceColumn(verbose_name="所在地区", accessor="person__region_id", orderable=False)

    always = ("person",)

    class Meta(RecordTable.Meta):
        model = Certificate
        fields = ()


class RegistrationPeriodTable(RecordTable):
    person = NameColumn(
        verbose_name="姓名",
        url_name="registrationperiod_detail",
        accessor="person__name",
        orderable=False,
    )
    kind = Column(verbose_name="登记类型", accessor="get_kind_display", orderable=False)
    starts_on = DateColumn(verbose_name="登记起始")
    ends_on = DateColumn(verbose_name="有效期至", card=True)
    left = Column(verbose_name="剩余", accessor="ends_on", orderable=False, css="nowrap", card=True)
    state = TagColumn(
        verbose_name="登记状态",
        accessor="get_state_display",
        field="state",
        kinds=kinds.REGISTRATION,
        orderable=False,
        card=True,
    )
    region = PlaceColumn(verbose_name="所在地区", accessor="person__region_id", orderable=False)

    always = ("person",)

    class Meta(RecordTable.Meta):
        model = RegistrationPeriod
        fields = ()

    def render_state(self, value: str, record: Any) -> SafeString:
        """A registration that has run out is said to have, whatever its last state was."""
        kind = kinds.REGISTRATION.get(record.state, "")
        if kind in {"good", "attention"} and record.ends_on < today():
            return format_html('<span class="tag is-wrong">{}</span>', "已过期")
        return format_html('<span class="tag is-{}">{}</span>', kind, value)

    def render_left(self, value: Any) -> str:
        return days_left(value)


class EducationTable(RecordTable):
    person = NameColumn(
        verbose_name="姓名", url_name="education_detail", accessor="person__name", orderable=False
    )
    level = Column(verbose_name="学历", accessor="get_level_display", orderable=False, card=True)
    degree = Column(verbose_name="学位", accessor="get_degree_display", orderable=False)
    school = Column(verbose_name="毕业院校", css="wrap", orderable=False, card=True)
    major = Column(verbose_name="专业", css="wrap", orderable=False, card=True)
    graduated_on = DateColumn(verbose_name="毕业日期")
    region = PlaceColumn(verbose_name="所在地区", accessor="person__region_id", orderable=False)

    always = ("person",)

    class Meta(RecordTable.Meta):
        model = Education
        fields = ()


class TitleTable(RecordTable):
    person = NameColumn(
        verbose_name="姓名", url_name="title_detail", accessor="person__name", orderable=False
    )
    series = Column(verbose_name="职称系列", css="wrap", orderable=False, card=True)
    level = Column(verbose_name="级别", accessor="get_level_display", orderable=False, card=True)
    obtained_on = DateColumn(verbose_name="取得日期", card=True)
    region = PlaceColumn(verbose_name="所在地区", accessor="person__region_id", orderable=False)

    always = ("person",)

    class Meta(RecordTable.Meta):
        model = Title
        fields = ()


class KeyTalentClaimTable(RecordTable):
    person = NameColumn(
        verbose_name="姓名",
        url_name="keytalentclaim_detail",
        accessor="person__name",
        orderable=False,
    )
    claim_class = Column(
        verbose_name="类别", accessor="get_claim_class_display", orderable=False, card=True
    )
    qualified_on = DateColumn(verbose_name="取得资格日期", card=True)
    native_basis = Column(
        verbose_name="黔籍依据", accessor="get_native_basis_display", orderable=False
    )
    origin = Column(verbose_name="来源", accessor="get_origin_display", orderable=False)
    state = TagColumn(
        verbose_name="认定结果",
        accessor="get_state_display",
        field="state",
        kinds=kinds.CLAIM,
        orderable=False,
        card=True,
    )
    region = PlaceColumn(verbose_name="所在地区", accessor="person__region_id", orderable=False)

    always = ("person",)

    class Meta(RecordTable.Meta):
        model = KeyTalentClaim
        fields = ()


class GraduateStatTable(RecordTable):
    school = NameColumn(verbose_name="院校名称", url_name="graduatestat_detail")
    major = Column(verbose_name="专业", card=True)
    level = Column(verbose_name="培养层次", accessor="get_level_display", orderable=False)
    year = Column(verbose_name="毕业年度", css="num", card=True)
    graduates = NumberColumn(verbose_name="毕业人数", card=True)
    stayed = NumberColumn(verbose_name="其中留黔")
    school_place = Column(
        verbose_name="院校所在", accessor="get_school_place_display", orderable=False
    )
    document = Column(verbose_name="依据文件", css="wrap", orderable=False)
    region = PlaceColumn(verbose_name="统计地区", accessor="region_id", orderable=False)

    always = ("school",)

    class Meta(RecordTable.Meta):
        model = GraduateStat
        fields = ()
