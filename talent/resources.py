"""Ledgers of people and of graduates: their columns."""

from __future__ import annotations

from typing import Any

from core.ledgers import values
from core.ledgers.resources import Column, ImportContext, RowCheck, ScopedResource, register
from core.secrecy.identity import ID_TYPES, SEXES, check_id_number, clean_id_number
from stations.places.named import remove_unused
from talent.codes import (
    ETHNICITIES,
    CertificateLevel,
    EducationLevel,
    Employment,
    PoliticalStatus,
    PostKind,
    SchoolPlace,
    TalentCategory,
)
from talent.graduates import ledger as graduates
from talent.people.ledger import rows as people
from talent.people.ledger.across import remark_seniors, remark_shared_phones
from talent.people.ledger.transfers import withdraw

_EDUCATION = {
    "研究生": "14", "硕士": "14", "硕士研究生": "14", "专业硕士": "14", "学术硕士": "14",
    "msw": "14", "博士": "11", "大学": "21", "大学本科": "21", "本科": "21", "大学专科": "31",
    "专科": "31", "高职": "31", "大专": "31", "中专": "41", "中职": "41", "技校": "41",
    "职高": "41", "高中": "61", "初中": "71", "初中及以下": "71", "小学": "81",
    "全日制本科": "21", "在职本科": "21", "全日制大专": "31", "在职大专": "31",
    "在职研究生": "14",
}  # fmt: skip
_EDUCATION |= {f"{name}学历": code for name, code in _EDUCATION.items()}
_SCHOOL_PLACE = {"省内": "1", "本省": "1", "省外": "2", "外省": "2"}
_CERTIFICATES = {
    "助理社工师": "1", "助理": "1", "助理社会工作师（初级）": "1", "初级": "1",
    "初级社工师": "1", "初级社会工作师": "1", "初级社工证": "1",
    "中级社会工作师": "2", "中级社工证": "2",
    "社工师": "2", "社工师（中级）": "2", "中级": "2", "中级社工师": "2", "社会工作师（中级）": "2",
    "高级社工师": "3", "高级": "3", "高级社会工作师": "3",
    "未取得": "", "未持证": "", "未考取": "", "否": "",
}  # fmt: skip
_CERTIFICATE_GROUPS = (
    "证书", "资格证", "资格证书", "职业资格", "职业资格证书", "社工证", "社工证书",
    "社会工作者职业资格证书", "社会工作者职业资格", "持证情况", "社会工作职业资格证书",
)  # fmt: skip
_GIVEN_ON = ("取得时间", "取得日期", "发证日期", "获证时间", "发证时间", "批准时间")
_POSTS = {
    "社工": "3", "社会工作者": "3", "一线社工": "3", "专职社工": "3", "站长": "1", "主任": "1",
    "副站长": "1", "负责人": "1", "督导": "2", "项目主管": "4", "项目经理": "4", "主管": "4",
    "社会工作员": "5", "社工员": "5", "管理人员": "6", "教师": "7", "讲师": "7",
}  # fmt: skip
_EMPLOYMENTS = {
    "合同制": "1", "合同": "1", "劳动合同": "1", "聘用": "1", "机构聘用": "1", "事业编": "2",
    "事业": "2", "事业编制": "2", "公务员": "3", "参公": "3", "行政编制": "3", "公益岗": "4",
    "公益性岗位": "4", "公岗": "4", "社区": "5", "社区工作者": "5", "村干部": "6",
    "村干": "6", "实习": "7", "实习生": "7", "志愿者": "8", "兼职": "8", "志愿": "8",
}  # fmt: skip


def _id_number(cell: Any, row: RowCheck) -> str:
    """Text only: a number is refused whatever its value (R5)."""
    if not isinstance(cell, str):
        check_id_number(cell)
    return clean_id_number(cell)


def _in_groups(*names: str) -> list[str]:
    """级别 under a header 职业资格证书 that stands over several columns."""
    return [f"{group}{name}" for group in _CERTIFICATE_GROUPS for name in names]


@register
class PeopleResource(ScopedResource):
    """People, with the certificate, the education and the post of the same row."""

    kind = "people"
    label = "人员"
    permission = "talent.add_person"
    models = (
        "talent.person",
        "talent.personstate",
        "talent.education",
        "talent.certificate",
        "talent.post",
    )
    notes = (
        "每人一行；证书、学历、任职写在同一行。空格子不会清除在册内容。",
        "身份证号须为文本格式。数字格式会被 Excel 截去后三位，一律退回。",
        "外县已在册的人不会被覆盖，会自动发起转入申请，由对方确认。",
    )

    name = Column(
        "name",
        "姓名",
        values.person_name,
        is_required=True,
        is_text=True,
        synonyms=("人员姓名", "社工姓名", "姓 名"),
        example="张三",
    )
    id_number = Column(
        "id_number",
        "身份证号",
        _id_number,
        is_required=True,
        is_text=True,
        width=22,
        synonyms=("身份证号码", "身份证", "证件号码", "证件号", "公民身份号码", "居民身份证号"),
        hint="18 位，文本格式。空格、全角数字、小写 x 都可以。",
        example="520102199003071236",
    )
    id_type = Column(
        "id_type",
        "证件类型",
        values.choice("证件类型", ID_TYPES, {"身份证": "1"}),
        choices=[label for _, label in ID_TYPES],
        hint="不填按居民身份证。",
    )
    former_name = Column("former_name", "曾用名", values.text("曾用名", 50))
    sex = Column(
        "sex",
        "性别",
        values.choice("性别", SEXES[:2], {"男性": "1", "女性": "2"}),
        choices=["男", "女"],
        width=6,
        hint="可不填，按身份证号得出。",
    )
    ethnicity = Column(
        "ethnicity",
        "民族",
        values.choice("民族", ETHNICITIES, {n.removesuffix("族"): c for c, n in ETHNICITIES[:56]}),
        choices=[label for _, label in ETHNICITIES[:56]],
    )
    political_status = Column(
        "political_status",
        "政治面貌",
        values.choice(
            "政治面貌",
            PoliticalStatus.choices,
            {"党员": "01", "预备党员": "02", "团员": "03", "共产党员": "01"},
        ),
        choices=PoliticalStatus.labels,
    )
    phone = Column(
        "phone",
        "联系电话",
        values.phone,
        is_text=True,
        width=15,
        synonyms=("手机号", "手机号码", "电话", "联系方式", "手机", "联系手机"),
    )
    county = Column(
        "county",
        "县（市、区）",
        values.place("县（市、区）", level=3),
        synonyms=("县区", "区县", "县", "所在县", "所属区县", "县市区"),
        hint="可不填，按乡镇或填报单位得出。",
    )
    township = Column(
        "township",
        "乡镇（街道）",
        values.text("乡镇（街道）", 60),
        width=18,
        synonyms=("所在乡镇", "所在乡镇街道", "乡镇街道", "乡镇", "街道", "所属乡镇", "所在街道"),
        hint="名称或九位区划代码；同名的请填代码。",
    )
    employer = Column(
        "employer",
        "工作单位",
        values.text("工作单位", 120),
        width=28,
        synonyms=("单位", "单位名称", "所在单位", "任职单位", "用人单位", "所在站点", "站点"),
        hint="站点或机构全称；没有登记过的会新建为「待完善」。",
    )
    post_kind = Column(
        "post_kind",
        "岗位",
        values.choice("岗位", PostKind.choices, _POSTS),
        choices=PostKind.labels,
        synonyms=("职务", "岗位名称"),
    )
    employment = Column(
        "employment",
        "用工性质",
        values.choice("用工性质", Employment.choices, _EMPLOYMENTS),
        choices=Employment.labels,
        synonyms=("用工形式", "用工类型", "编制类型", "人员性质"),
    )
    started_on = Column(
        "started_on",
        "入职日期",
        values.date("入职日期"),
        width=12,
        synonyms=("入职时间", "到岗日期", "到岗时间", "上岗时间", "任职时间"),
        hint="2021-03-01、2021.3、2021年3月 都可以。",
    )
    education = Column(
        "education",
        "学历",
        values.choice("学历", EducationLevel.choices, _EDUCATION),
        choices=EducationLevel.labels,
        synonyms=("文化程度", "最高学历"),
    )
    major = Column("major", "专业", values.text("专业", 60), synonyms=("所学专业", "毕业专业"))
    school = Column(
        "school", "毕业院校", values.text("毕业院校", 80), synonyms=("毕业学校", "学校")
    )
    certificate_level = Column(
        "certificate_level",
        "证书级别",
        values.choice("证书级别", CertificateLevel.choices, _CERTIFICATES),
        choices=CertificateLevel.labels,
        synonyms=(
            "职业资格等级",
            "职业资格",
            "资格等级",
            "持证情况",
            "证书名称",
            "社工证",
            "证书等级",
            *_in_groups("级别", "等级", "名称"),
        ),
    )
    certificate_number = Column(
        "certificate_number",
        "管理号",
        values.note("管理号", 40),
        is_text=True,
        width=24,
        synonyms=(
            "证书管理号",
            "证书编号",
            "证书号",
            "资格证编号",
            *_in_groups("编号", "号码"),
        ),
    )
    approved_on = Column(
        "approved_on",
        "批准日期",
        values.date("批准日期"),
        width=12,
        synonyms=(*_GIVEN_ON, *_in_groups(*_GIVEN_ON)),
    )
    category = Column(
        "category",
        "人才类别",
        values.choice("人才类别", TalentCategory.choices, {"实务": "1", "研究": "2", "管理": "3"}),
        choices=TalentCategory.labels,
    )
    remark = Column("remark", "备注", values.note("备注", 200), width=24)

    def build(self, row: RowCheck) -> None:
        people.build(row)

    def look_across(self, batch: Any) -> None:
        remark_shared_phones(batch)
        remark_seniors(batch)

    def candidates(self, batch: Any) -> set[int]:
        return people.candidates(batch)

    def tied(self, batch: Any, numbers: set[int]) -> set[int]:
        return people.tied(batch, numbers)

    def compare(self, rows: list[Any], context: ImportContext) -> None:
        people.compare(rows, context)

    def before_apply(self, batch: Any, context: ImportContext) -> None:
        people.create_places(batch)

    def after_apply(self, batch: Any, context: ImportContext) -> None:
        people.request_transfers(batch, context)

    def after_undo(self, batch: Any) -> None:
        withdraw(batch)
        remove_unused(batch)


@register
class GraduatesResource(ScopedResource):
    """Graduates of social-work programmes by school, level and year."""

    kind = "graduates"
    label = "毕业生统计"
    permission = "talent.add_graduatestat"
    models = ("talent.graduatestat",)
    notes = ("每个院校、专业、层次、年度一行；只统计毕业，不含结业。",)

    school = Column(
        "school",
        "院校名称",
        values.text("院校名称", 80),
        is_required=True,
        width=24,
        synonyms=("学校", "院校", "学校名称", "高校名称"),
        example="贵州大学",
    )
    major = Column(
        "major", "专业", values.text("专业", 60), synonyms=("专业名称",), example="社会工作"
    )
    level = Column(
        "level",
        "培养层次",
        values.choice("培养层次", EducationLevel.choices, _EDUCATION),
        is_required=True,
        choices=["大专", "本科", "硕士研究生", "博士研究生"],
        synonyms=("层次", "学历层次", "学历"),
    )
    year = Column(
        "year",
        "毕业年度",
        values.integer("毕业年度", least=1990, most=2100),
        is_required=True,
        synonyms=("年度", "年份", "毕业年份"),
        example="2025",
    )
    count = Column(
        "graduates",
        "毕业人数",
        values.integer("毕业人数", most=100_000),
        is_required=True,
        synonyms=("人数", "毕业生人数", "毕业生数"),
    )
    stayed = Column(
        "stayed",
        "其中留黔人数",
        values.integer("其中留黔人数", most=100_000),
        synonyms=("留黔人数", "留黔", "其中留黔"),
    )
    place = Column(
        "school_place",
        "院校所在",
        values.choice("院校所在", SchoolPlace.choices, _SCHOOL_PLACE),
        choices=["省内", "省外"],
        synonyms=("省内外", "省内省外"),
        hint="省外院校只填黔籍毕业生，单列，不计入目标；不填的按省内院校。",
    )
    document = Column("document", "依据文件", values.text("依据文件", 120))

    def build(self, row: RowCheck) -> None:
        graduates.build(row)

    def candidates(self, batch: Any) -> set[int]:
        return graduates.LEDGER.candidates(batch)

    def compare(self, rows: list[Any], context: ImportContext) -> None:
        graduates.LEDGER.compare(rows, context)
