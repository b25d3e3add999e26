"""The ledger of people: its columns, and what offices write in them."""

from __future__ import annotations

from typing import Any

from core.ledgers import values
from core.ledgers.ledger import LedgerColumn, RowCheck
from core.secrecy.identity import (
    ID_TYPES,
    SEXES,
    check_id_number,
    clean_id_number,
    clean_phone,
)
from core.text import normalise
from talent.codes import (
    EDUCATION_WORDS,
    ETHNICITIES,
    CertificateLevel,
    EducationLevel,
    Employment,
    PersonStatus,
    PoliticalStatus,
    PostKind,
    TalentCategory,
)
from talent.people.models import Person

_STATUSES = {normalise(label): code for code, label in PersonStatus.choices}
_CERTIFICATES = {
    "助理社工师": "1", "助理": "1", "助理社会工作师（初级）": "1", "初级": "1",
    "初级社工师": "1", "初级社会工作师": "1", "初级社工证": "1",
    "中级社会工作师": "2", "中级社工证": "2",
    "社工师": "2", "社工师（中级）": "2", "中级": "2", "中级社工师": "2", "社会工作师（中级）": "2",
    "高级社工师": "3", "高级": "3", "高级社会工作师": "3",
    "未取得": "", "未持证": "", "未考取": "", "否": "", "未获得": "", "备考中": "",
    "全国助理社会工作师": "1", "全国社会工作师": "2", "全国高级社会工作师": "3",
    "初级社工": "1", "社工初级": "1", "初级社会工作者": "1", "初级证书": "1",
    "助理社会工作师证": "1", "助理社会工作师证书": "1", "社会工作师证": "2", "社会工作师证书": "2",
    "中级社工": "2", "社工中级": "2", "中级社会工作者": "2", "中级证书": "2",
}  # fmt: skip
# The parties beside the one, by name, short name and what their members are called.
_PARTIES = {
    f"{party}{member}": "04"
    for party in ("中国国民党革命委员会", "民革", "中国民主同盟", "民盟", "中国民主建国会", "民建",
                  "中国民主促进会", "民进", "中国农工民主党", "农工党", "中国致公党", "致公党",
                  "九三学社", "台湾民主自治同盟", "台盟")
    for member in ("", "党员", "会员", "盟员", "社员", "成员")
}  # fmt: skip
_CERTIFICATE_GROUPS = (
    "证书", "资格证", "资格证书", "职业资格", "职业资格证书", "社工证", "社工证书",
    "社会工作者职业资格证书", "社会工作者职业资格", "持证情况", "社会工作职业资格证书",
    "社会工作者职业水平证书", "职业水平证书",
)  # fmt: skip
_GIVEN_ON = ("取得时间", "取得日期", "发证日期", "获证时间", "发证时间", "批准时间",
             "获取证书时间", "取得证书时间", "取证时间", "授予时间", "签发日期")  # fmt: skip
_POSTS = {
    "社工": "3", "社会工作者": "3", "一线社工": "3", "专职社工": "3", "站长": "1", "主任": "1",
    "副站长": "1", "负责人": "1", "督导": "2", "项目主管": "4", "项目经理": "4", "主管": "4",
    "社会工作员": "5", "社工员": "5", "管理人员": "6", "教师": "7", "讲师": "7",
}  # fmt: skip
_EMPLOYMENTS = {
    "合同制": "1", "合同": "1", "劳动合同": "1", "聘用": "1", "机构聘用": "1", "事业编": "2",
    "事业": "2", "事业编制": "2", "公务员": "3", "参公": "3", "行政编制": "3", "公益岗": "4",
    "公益性岗位": "4", "公岗": "4", "社区": "5", "社区工作者": "5", "村干部": "6",
    "编制": "2", "在编": "2", "在编人员": "2", "聘任制": "1", "外聘": "1", "劳务派遣": "1",
    "政府购买服务": "1", "编外": "1", "临聘": "1",
    "村干": "6", "实习": "7", "实习生": "7", "志愿者": "8", "兼职": "8", "志愿": "8",
}  # fmt: skip


# Whom the 56 do not name, as they are written in Guizhou.
_UNNAMED = ("穿青人", "穿青人族", "革家人", "亻革家人", "未识别民族", "其他", "其他（穿青人）")
_PEOPLES = {name.removesuffix("族"): code for code, name in ETHNICITIES[:56]}
_PEOPLES |= dict.fromkeys(_UNNAMED, "97")


def _id_number(cell: Any, row: RowCheck) -> str:
    """Text only: a number is refused whatever its value (R5)."""
    if not isinstance(cell, str):
        check_id_number(cell)
    return clean_id_number(cell)


def _phone(cell: Any, row: RowCheck) -> str:
    """A masked one stays as it is: whether it may be so the row tells as a whole."""
    text = normalise(values.as_text(cell))
    return text if "*" in text else clean_phone(cell)


def _status(cell: Any, row: RowCheck) -> str:
    """A registered status as our export says it; other words of an office say nothing of one."""
    return _STATUSES.get(normalise(values.as_text(cell)), "")


def _number(cell: Any, row: RowCheck) -> str:
    """Ours; a number by which an office calls its people names nobody here."""
    text = normalise(values.as_text(cell)).upper()
    return text if len(text) == Person._meta.get_field("number").max_length else ""


def _in_groups(*names: str) -> list[str]:
    """级别 under a header 职业资格证书 that stands over several columns."""
    return [f"{group}{name}" for group in _CERTIFICATE_GROUPS for name in names]


COLUMNS = (
    LedgerColumn(
        "name",
        "姓名",
        values.person_name,
        is_required=True,
        is_text=True,
        synonyms=("人员姓名", "社工姓名", "姓 名"),
        example="张三",
    ),
    LedgerColumn(
        "id_number",
        "身份证号",
        _id_number,
        is_required=True,
        is_text=True,
        width=22,
        synonyms=(
            "身份证号码",
            "身份证",
            "证件号码",
            "证件号",
            "公民身份号码",
            "居民身份证号",
            "身份证件号码",
            "公民身份证号码",
            "居民身份证号码",
        ),
        hint="18 位，文本格式。空格、全角数字、小写 x 都可以。",
        example="520102199003071236",
    ),
    LedgerColumn(
        "id_type",
        "证件类型",
        values.choice("证件类型", ID_TYPES, {"身份证": "1"}),
        choices=[label for _, label in ID_TYPES],
        hint="不填按居民身份证。",
    ),
    LedgerColumn("former_name", "曾用名", values.text("曾用名", 50)),
    LedgerColumn(
        "sex",
        "性别",
        values.choice("性别", SEXES[:2], {"男性": "1", "女性": "2"}),
        choices=["男", "女"],
        width=6,
        hint="可不填，按身份证号得出。",
    ),
    LedgerColumn(
        "ethnicity",
        "民族",
        values.choice("民族", ETHNICITIES, _PEOPLES),
        choices=[label for _, label in ETHNICITIES[:56]],
    ),
    LedgerColumn(
        "political_status",
        "政治面貌",
        values.choice(
            "政治面貌",
            PoliticalStatus.choices,
            {"党员": "01", "预备党员": "02", "团员": "03", "共产党员": "01", "无党派": "12"}
            | _PARTIES,
        ),
        choices=PoliticalStatus.labels,
    ),
    LedgerColumn(
        "phone",
        "联系电话",
        _phone,
        is_text=True,
        width=15,
        synonyms=("手机号", "手机号码", "电话", "联系方式", "手机", "联系手机"),
    ),
    LedgerColumn(
        "county",
        "县（市、区）",
        values.place("县（市、区）", level=3),
        synonyms=("县区", "区县", "县", "所在县", "所属区县", "县市区", "区（市、县）", "区市县"),
        hint="可不填，按乡镇或填报单位得出。",
    ),
    LedgerColumn(
        "township",
        "乡镇（街道）",
        values.text("乡镇（街道）", 60),
        width=18,
        synonyms=(
            "所在乡镇",
            "所在乡镇街道",
            "乡镇街道",
            "乡镇",
            "街道",
            "所属乡镇",
            "所在街道",
            "所属街道",
            "镇（街）",
            "镇街",
            "街道（乡镇）",
        ),
        hint="名称或九位区划代码；同名的请填代码。",
    ),
    LedgerColumn(
        "employer",
        "工作单位",
        values.text("工作单位", 120),
        width=28,
        synonyms=(
            "单位",
            "单位名称",
            "所在单位",
            "任职单位",
            "用人单位",
            "所在站点",
            "站点",
            "所在机构",
            "机构名称",
            "服务单位",
            "所属社工站",
        ),
        hint="站点或机构全称；没有登记过的会新建为「待完善」。",
    ),
    LedgerColumn(
        "post_kind",
        "岗位",
        values.choice("岗位", PostKind.choices, _POSTS),
        choices=PostKind.labels,
        synonyms=("职务", "岗位名称", "工作岗位", "岗位类别"),
    ),
    LedgerColumn(
        "employment",
        "用工性质",
        values.choice("用工性质", Employment.choices, _EMPLOYMENTS),
        choices=Employment.labels,
        synonyms=("用工形式", "用工类型", "编制类型", "人员性质", "用工方式", "人员类别"),
    ),
    LedgerColumn(
        "started_on",
        "入职日期",
        values.date("入职日期"),
        width=12,
        synonyms=(
            "入职时间",
            "到岗日期",
            "到岗时间",
            "上岗时间",
            "任职时间",
            "入职年月",
            "上岗日期",
            "任职年月",
            "从业时间",
        ),
        hint="2021-03-01、2021.3、2021年3月 都可以。",
    ),
    LedgerColumn(
        "education",
        "学历",
        values.choice("学历", EducationLevel.choices, EDUCATION_WORDS),
        choices=EducationLevel.labels,
        synonyms=("文化程度", "最高学历"),
    ),
    LedgerColumn("major", "专业", values.text("专业", 60), synonyms=("所学专业", "毕业专业")),
    LedgerColumn("school", "毕业院校", values.text("毕业院校", 80), synonyms=("毕业学校", "学校")),
    LedgerColumn(
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
            "证书类别",
            "取得证书类别",
            "资格名称",
            "职业水平等级",
            "职业水平级别",
            "社会工作者职业水平证书",
            "社会工作者职业水平证书情况",
            "社会工作资格证书获得情况",
            *_in_groups("级别", "等级", "名称"),
        ),
    ),
    LedgerColumn(
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
            "职业水平证书管理号",
            "职业水平证书编号",
            *_in_groups("编号", "号码"),
        ),
    ),
    LedgerColumn(
        "approved_on",
        "批准日期",
        values.date("批准日期"),
        width=12,
        synonyms=(*_GIVEN_ON, *_in_groups(*_GIVEN_ON)),
    ),
    LedgerColumn(
        "category",
        "人才类别",
        values.choice("人才类别", TalentCategory.choices, {"实务": "1", "研究": "2", "管理": "3"}),
        choices=TalentCategory.labels,
    ),
    LedgerColumn("remark", "备注", values.note("备注", 200), width=24),
    LedgerColumn("number", "人才编号", _number, is_text=True, is_own=True),
    LedgerColumn("status", "状态", _status, is_own=True),
    # Where the post is; it says nothing of the residence.
    LedgerColumn("place", "所在地区", values.text("所在地区", 60), is_own=True),
)
