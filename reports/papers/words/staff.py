"""People who work in social work, as forms ask for them."""

from __future__ import annotations

import re

from core.papers.figures import Clauses, Countable, countable
from reports.definitions.populations.staff import AGES, STAFF
from reports.papers.words.saying import SEES, each
from stations.codes import OrganizationKind, System
from talent.codes import Employment, PostKind, ServiceField, Source

_BAND = re.compile(r"(\d{2})(?:周?岁)?(?:至|到)(\d{2})(?:周?岁)?")
_UP_TO = re.compile(r"(?:不满)?(\d{2})(?:周?岁)?(?:及其?|（含）|含)?以下")
_FROM = re.compile(r"(\d{2})(?:周?岁)?(?:及其?|（含）|含)?以上")
# Whose day of birth is not known is of no age.
_AGED = (f"aged_{AGES[0]}",)


def _age(text: str) -> Clauses | None:
    """36–45, 35岁及以下, 56岁及以上: whole years, both ends within. 以下 alone leaves the end out
    where the form says 不满."""
    if found := _UP_TO.fullmatch(text):
        over = int(found[1]) + (not text.startswith("不满"))
        return (_AGED, (f"-aged_{over}",)) if over in AGES else None
    if found := _FROM.fullmatch(text):
        return ((f"aged_{int(found[1])}",),) if int(found[1]) in AGES else None
    if found := _BAND.fullmatch(text):
        first, after = int(found[1]), int(found[2]) + 1
        if first in AGES and after in AGES and first < after:
            return ((f"aged_{first}",), (f"-aged_{after}",))
    return None


_SYSTEMS = {
    "民政": "01", "公安": "02", "禁毒": "02", "司法": "03", "司法行政": "03", "乡村振兴": "04",
    "工会": "05", "总工会": "05", "共青团": "06", "团委": "06", "政法": "07", "综治": "07",
    "教育": "08", "人社": "09", "人力资源社会保障": "09", "卫生健康": "10", "卫健": "10",
    "信访": "11", "妇联": "12", "残联": "13",
}  # fmt: skip

_TITLES = {
    "高级": (("titled_senior",),),
    "正高级": (("titled_full",),),
    "正高": (("titled_full",),),
    "副高级": (("titled_senior",), ("-titled_full",)),
    "副高": (("titled_senior",), ("-titled_full",)),
    "中级": (("titled_middle",), ("-titled_senior",)),
    "初级": (("titled_any",), ("-titled_middle",)),
    "副高及以上": (("titled_senior",),),
    "副高级及以上": (("titled_senior",),),
    "中级及以上": (("titled_middle",),),
}

_FIELDS = {
    str(one.label): ((f"serves_{one.value}",),)
    for one in ServiceField
    if one not in (ServiceField.OTHER, ServiceField.RURAL)
}

countable(Countable(
    population=STAFF,
    nouns="年末从业人数 从业人数 从业人员 从业人员数 职工人数 年末职工人数 工作人员 工作人员数 "
          "社工人数 社工 社工数 社会工作人才 社会工作人才数 社工人才 社会工作者 社会工作者人数 "
          "社会工作专业人才 社会工作专业人才数 社会工作从业人员 社会工作从业人数 社会工作人才队伍 "
          "人才队伍 专职人员 专职工作人员 专职社工 专职社会工作者 在岗人数 在岗人员 在岗社工 在岗 "
          "人员数 社会工作服务人员",
    neutral="人数 总人数 合计人数 人员 人才 队伍 学历 职业资格证书 职业资格 资格证书 证书",
    base=(("verified",), ("employed",)),
    conditions={
        **each("女 女性 妇女", ("woman",)),
        **each("男 男性", ("man",)),
        **each("少数民族", ("minority",)),
        **each("汉族", ("han",)),
        **each("党员 中共党员 中国共产党党员 共产党员", ("party",)),
        **each("团员 共青团员", ("league",)),
        **each("民主党派 民主党派成员", ("democratic",)),
        **each("无党派 无党派人士", ("independent",)),
        **each("群众", ("masses",)),
        **each("博士 博士研究生", ("doctor",)),
        **each("研究生 研究生及以上 硕士及以上 研究生以上 硕士研究生及以上", ("postgraduate",)),
        **each("硕士 硕士研究生", ("postgraduate",), ("-doctor",)),
        **each("本科 大学本科", ("graduate",), ("-postgraduate",)),
        **each("本科及以上 大学本科及以上 本科以上 大学本科以上", ("graduate",)),
        **each("专科 大专 大学专科", ("college",), ("-graduate",)),
        **each("大专及以上 专科及以上 大专以上 大学专科及以上 大专学历以上", ("college",)),
        **each("大专以下 专科以下 高中及以下 中专及以下 高中中专及以下", ("schooled",),
               ("-college",)),
        **each("高中 中专 高中中专 高中或中专 高中（中专）", ("secondary",), ("-college",)),
        **each("初中及以下", ("schooled",), ("-secondary",)),
        **each("持证 持证人才 持证社工 已持证 持有职业资格证书 取得社会工作者职业资格证书 "
               "取得职业资格证书 持社会工作者职业资格证书 持证社会工作者 社会工作者职业资格证书",
               ("certified",)),
        **each("未持证 无证", ("-certified",)),
        **each("助理 助理社会工作师 助理社工师 初级 初级社工", ("certified",),
               ("-certified_middle",)),
        **each("社会工作师 社工师 中级 中级社工", ("certified_middle",), ("-certified_senior",)),
        **each("高级 高级社会工作师 高级社工师", ("certified_senior",)),
        **each("社会工作师及以上 中级及以上", ("certified_middle",)),
        **each("新取得 新取得证书 新取得职业资格证书 新增持证 新持证 新增取证",
               ("newly_certified",)),
        **each("登记有效 已登记 登记在有效期内 有效登记 登记注册", ("registration_valid",)),
        **each("实务人才", ("practice",)),
        **each("研究人才", ("research",)),
        **each("管理人才", ("management",)),
        **each("乡土社工 乡土人才", ("category_15",)),
        **each("社会工作专业 社工专业", ("majored",)),
        **each("社会工作相关专业 社会工作及相关专业 社会工作或相关专业 相关专业", ("related",)),
        **each("乡镇街道和社区", ("at_station", "at_kind_6")),
        **each("社工站 站点 社会工作站 社会工作服务站 驻站 在站 站内", ("at_station",)),
        **each("社会组织 社工机构 社会工作机构 民办社工机构 社会工作服务机构 "
               "民办社会工作服务机构 机构", ("at_kind_4",)),
        **each("党政机关 机关 机关单位", ("at_kind_1", "at_kind_2", "at_kind_3")),
        **each("事业单位 其他系统事业单位", ("at_kind_7",)),
        **each("机关事业单位", ("at_kind_1", "at_kind_2", "at_kind_3", "at_kind_7")),
        **each("村居委会 村（居）委会 城乡社区 村（社区） 村居 社区", ("at_kind_6",)),
        **each("高等院校 高校", ("at_kind_5",)),
        **each("站长 主任 站长主任 站点负责人", (f"post_{PostKind.HEAD}",)),
        **each("督导 督导人员 督导员", (f"post_{PostKind.SUPERVISOR}",)),
        **each("一线社工 一线社会工作者 一线", (f"post_{PostKind.FRONTLINE}",)),
        **each("项目主管 项目主任", (f"post_{PostKind.PROJECT_MANAGER}",)),
        **each("社会工作员", (f"post_{PostKind.ASSISTANT}",)),
        **each("管理岗位 管理岗 管理人员", (f"post_{PostKind.MANAGEMENT}",)),
        **each("教学研究 教学研究岗位", (f"post_{PostKind.TEACHING}",)),
        **each("合同制", (f"employed_as_{Employment.AGENCY}",)),
        **each("事业编 在编", (f"employed_as_{Employment.INSTITUTION}",)),
        **each("公务员 参公", (f"employed_as_{Employment.CIVIL_SERVANT}",)),
        **each("公益岗", (f"employed_as_{Employment.WELFARE_POST}",)),
        **{f"{stem}{word}": clauses for word, clauses in _TITLES.items()
           for stem in ("职称", "专业技术职称", "专业技术职务")},
        **{f"{word}职称": clauses for word, clauses in _TITLES.items()},
        **_FIELDS,
        **{str(one.label): ((f"employed_as_{one.value}",),) for one in Employment},
        **{str(one.label): ((f"source_{one.value}",),) for one in Source
           if one not in (Source.OTHER, Source.GRADUATE)},
        **{str(kind.label): ((f"at_kind_{kind.value}",),) for kind in OrganizationKind
           if kind != OrganizationKind.OTHER},
        **{f"{word}{end}": ((f"in_system_{code}",),)
           for word, code in _SYSTEMS.items() for end in ("", "系统", "部门")},
        **{str(one.label): ((f"in_system_{one.value}",),) for one in System
           if one != System.OTHER},
    },
    vague=" ".join(_FIELDS),
    units="人 名",
    read=_age,
    permission=SEES,
))  # fmt: skip
