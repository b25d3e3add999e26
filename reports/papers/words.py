"""The words of statistical forms, and what of the registry they count.

Source: the civil-affairs and social-work statistical tables and notices (DOMAIN "Forms asked of
counties").
"""

from __future__ import annotations

import re

from core.figures.indicator import Clause
from core.papers.figures import Countable, countable
from projects.codes import Fund
from reports.definitions.populations.money import MONEY, MONEY_BY_SOURCE
from reports.definitions.populations.staff import AGES, STAFF
from reports.definitions.populations.stations import AGENCIES, STATIONS
from stations.codes import OrganizationKind, System

_SEES = "reports.view_dashboard"
Clauses = tuple[Clause, ...]


def _each(words: str, *clauses: Clause) -> dict[str, Clauses]:
    return dict.fromkeys(words.split(), clauses)


_BAND = re.compile(r"(\d{2})(?:周?岁)?(?:至|到|-|—|–|~|～)*(\d{2})(?:周?岁)?")
_UP_TO = re.compile(r"(?:不满)?(\d{2})(?:周?岁)?(?:及其?|（含）|含)?以下")
_FROM = re.compile(r"(\d{2})(?:周?岁)?(?:及其?|（含）|含)?以上")


def _age(text: str) -> Clauses | None:
    """36–45, 35岁及以下, 56岁及以上: whole years, both ends within. 以下 alone leaves the end out
    where the form says 不满."""
    if found := _UP_TO.fullmatch(text):
        over = int(found[1]) + (not text.startswith("不满"))
        return ((f"-aged_{over}",),) if over in AGES else None
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

_MONEY = (
    "年投入 年投入资金 年度投入 年度投入资金 投入 投入资金 资金投入 投入金额 资金投入总量 "
    "资金总量 资金 资金总额 项目资金 购买服务资金 购买服务金额 政府购买服务资金 社会工作资金 "
    "经费 投入经费"
)
MONEY_FORMS = countable(Countable(
    population=MONEY,
    nouns=_MONEY,
    neutral="金额",
    base=(("begun",), ("contracted",)),
    weight="amount",
    is_yearly=True,
    permission=_SEES,
))  # fmt: skip

SOURCE_FORMS = countable(Countable(
    population=MONEY_BY_SOURCE,
    nouns=_MONEY,
    neutral="金额",
    base=(("begun",), ("contracted",), ("known",)),
    conditions={
        **_each("财政性 财政性资金 财政资金 财政", ("fiscal",)),
        **_each("福彩 福彩公益金 彩票公益金 福利彩票公益金 福彩资金", ("lottery",)),
        **_each("其他 其他资金 其他来源", ("-fiscal",), ("-lottery",)),
        **_each("社会捐赠 慈善捐赠 捐赠 慈善资金", ("donated",)),
        **_each("中央财政 中央 中央资金", (f"from_{Fund.CENTRAL}",)),
        **_each("省级财政 省级 省级资金", (f"from_{Fund.PROVINCE}",)),
        **_each("市级财政 市州财政 市级 市级资金", (f"from_{Fund.PREFECTURE}",)),
        **_each("县级财政 区级财政 县级 本级财政 县级资金", (f"from_{Fund.COUNTY}",)),
    },
    weight="amount",
    is_yearly=True,
    vague="其他 其他资金 其他来源 中央 省级 市级 县级 捐赠",
    permission=_SEES,
))  # fmt: skip

# Before people: of 社工站数 those who work there are not meant.
STATION_FORMS = countable(Countable(
    population=STATIONS,
    nouns="站点数 站点 社工站数 社工站个数 社工站 服务站个数 服务站数 服务站（室、中心）个数 "
          "社会工作服务站（室、中心）个数 社会工作站数",
    neutral="个数",
    base=(("standing",),),
    conditions={
        **_each("正在运行 运行中 正常运行 运行", ("running",)),
        **_each("社工室 村（社区）社工室 社会工作室", ("room",)),
        **_each("支撑平台", ("platform",)),
        **_each("实训基地 培训基地", ("base",)),
        **_each("有批复", ("approved",)),
    },
    permission=_SEES,
))  # fmt: skip

AGENCY_FORMS = countable(Countable(
    population=AGENCIES,
    nouns="机构数 社工机构数 机构个数 民办机构数 民办社会工作服务机构 民办社工机构数 "
          "社会工作服务机构数 社会工作服务机构",
    neutral="个数",
    base=(("operating",),),
    conditions={
        **_each("省级 省", ("level_1",)),
        **_each("市级 市州级 市（州）级 地市级 市", ("level_2",)),
        **_each("县级 区级 区县级 县（市、区）级 县", ("level_3",)),
        **_each("党组织 党组织数 建立党组织", ("with_branch",)),
    },
    permission=_SEES,
))  # fmt: skip

STAFF_FORMS = countable(Countable(
    population=STAFF,
    nouns="年末从业人数 从业人数 从业人员 从业人员数 职工人数 年末职工人数 工作人员 工作人员数 "
          "社工人数 社工 社工数 社会工作人才 社会工作人才数 社工人才 社会工作者 社会工作者人数 "
          "社会工作专业人才 社会工作专业人才数 专职人员 专职工作人员 专职社工 在岗人数 人员数",
    neutral="人数 总人数 合计人数",
    base=(("verified",), ("employed",)),
    conditions={
        **_each("女 女性 妇女", ("woman",)),
        **_each("男 男性", ("-woman",)),
        **_each("少数民族", ("minority",)),
        **_each("汉族", ("-minority",)),
        **_each("党员 中共党员 中国共产党党员 专职中的党员 共产党员", ("party",)),
        **_each("团员 共青团员", ("league",)),
        **_each("博士 博士研究生", ("doctor",)),
        **_each("研究生 研究生及以上 硕士及以上 研究生以上 硕士研究生及以上", ("postgraduate",)),
        **_each("硕士 硕士研究生", ("postgraduate",), ("-doctor",)),
        **_each("本科 大学本科", ("graduate",), ("-postgraduate",)),
        **_each("本科及以上 大学本科及以上 本科以上 大学本科以上", ("graduate",)),
        **_each("专科 大专 大学专科", ("college",), ("-graduate",)),
        **_each("大专及以上 专科及以上 大专以上 大学专科及以上 大专学历以上", ("college",)),
        **_each("大专以下 专科以下 高中及以下 中专及以下 高中中专及以下", ("-college",)),
        **_each("高中 中专 高中中专 高中或中专 高中（中专）", ("secondary",), ("-college",)),
        **_each("初中及以下", ("-secondary",)),
        **_each("持证 持证人才 持证社工 已持证 持有职业资格证书 取得社会工作者职业资格证书 "
                "取得职业资格证书 持社会工作者职业资格证书 持证社会工作者", ("certified",)),
        **_each("未持证 无证", ("-certified",)),
        **_each("助理 助理社会工作师 助理社工师 初级 初级社工", ("certified",),
                ("-certified_middle",)),
        **_each("社会工作师 社工师 中级 中级社工", ("certified_middle",), ("-certified_senior",)),
        **_each("高级 高级社会工作师 高级社工师", ("certified_senior",)),
        **_each("社会工作师及以上 中级及以上", ("certified_middle",)),
        **_each("登记有效 已登记 登记在有效期内", ("registration_valid",)),
        **_each("实务人才", ("practice",)),
        **_each("研究人才", ("research",)),
        **_each("管理人才", ("management",)),
        **_each("社会工作相关专业 社会工作专业 相关专业", ("related",)),
        **_each("乡镇街道和社区 社工站 站点", ("at_station", "at_kind_6")),
        **_each("社会组织 社工机构 民办社工机构", ("at_kind_4",)),
        **_each("社工机构专职人员 机构专职人员", ("at_kind_4",)),
        **_each("社工机构专职人员中的党员 专职人员中的党员", ("at_kind_4",), ("party",)),
        **_each("事业单位 其他系统事业单位", ("at_kind_7",)),
        **_each("村居委会 村（居）委会 城乡社区", ("at_kind_6",)),
        **_each("高等院校 高校", ("at_kind_5",)),
        **{str(kind.label): ((f"at_kind_{kind.value}",),) for kind in OrganizationKind
           if kind != OrganizationKind.OTHER},
        **{f"{word}{end}": ((f"in_system_{code}",),)
           for word, code in _SYSTEMS.items() for end in ("", "系统", "部门")},
        **{str(one.label): ((f"in_system_{one.value}",),) for one in System
           if one != System.OTHER},
    },
    read=_age,
    permission=_SEES,
))  # fmt: skip

__all__ = ["AGENCY_FORMS", "MONEY_FORMS", "SOURCE_FORMS", "STAFF_FORMS", "STATION_FORMS"]
