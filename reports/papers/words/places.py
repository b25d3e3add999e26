"""Stations, the townships that have one, and agencies, as forms ask for them."""

from __future__ import annotations

from functools import partial

from core.papers.figures import Countable, countable
from reports.definitions.populations.asked import ASKED_AGENCIES, ASKED_STATIONS
from reports.definitions.populations.places import TOWNSHIPS
from reports.papers.words.saying import SEES, each
from stations.codes import StationKind, StationStatus

_STATIONS = (
    "站点数 站点 社工站数 社工站个数 社工站 服务站 服务站个数 服务站数 服务站（室、中心）个数 "
    "社会工作服务站（室、中心）个数 社会工作服务站（室、中心） 社会工作站数 社会工作站 "
    "社会工作和志愿服务站 服务站点 社会工作服务平台 社会工作平台 服务平台"
)
_KINDS = {
    **each(
        "市级指导中心 市级社会工作指导中心 市州指导中心 社工站指导中心 社会工作指导中心 "
        "市级社工站指导中心 指导中心",
        (f"kind_{StationKind.CENTRE}",),
    ),
    **each(
        "县级总站 县级社会工作总站 县级社工总站 社工总站 社会工作总站 社会工作服务总站 "
        "区县总站 总站",
        (f"kind_{StationKind.HUB}",),
    ),
    **each(
        "乡镇社工站 乡镇街道社工站 乡镇（街道）社工站 街道社工站 "
        "乡镇（街道）社会工作和志愿服务站 乡镇街道社会工作和志愿服务站 乡镇社会工作服务站 "
        "乡镇社会工作站",
        (f"kind_{StationKind.TOWNSHIP}",),
    ),
    **each(
        "社工室 村（社区）社工室 村（社区）社会工作室 社会工作室 社会工作服务室 社区社工室",
        ("room",),
    ),
    **each(
        "培训基地 社会工作培训基地 人才培训基地 社会工作人才培训基地",
        (f"kind_{StationKind.TRAINING_BASE}",),
    ),
    **each(
        "实训基地 重点实训基地 社会工作实训基地 社会工作重点实训基地",
        (f"kind_{StationKind.FIELDWORK_BASE}",),
    ),
    **each(
        "观察室 实践站 社会工作观察室 社会工作实践站 社会工作观察室（实践站）",
        (f"kind_{StationKind.OBSERVATORY}",),
    ),
    **each(
        "行业部门自建社工站 行业自建社工站 部门自建社工站 自建社工站 行业部门自建站点",
        (f"kind_{StationKind.SECTOR}",),
    ),
    **each("项目服务点 社会工作项目服务点 服务点", (f"kind_{StationKind.SERVICE_POINT}",)),
}
_OF_STATIONS = {
    **_KINDS,
    **each("正在运行 运行中 正常运行 运行 已运行 投入运行", (f"state_{StationStatus.RUNNING}",)),
    **each("已建成未运行 建成未运行 未运行", (f"state_{StationStatus.BUILT}",)),
    **each("停摆 停止运行 停止运营 暂停运行 停运", (f"state_{StationStatus.STALLED}",)),
    **each("已建成 建成 已建", ("standing",)),
    # As on the board (T5).
    **each("支撑平台 人才支撑平台", ("platform",), ("running",), ("approved",), ("-twin",)),
    **each("有批复 已批复", ("approved",)),
    **each("新建 新建成 新增 新设", ("built_in_year",)),
    **each("易地扶贫搬迁安置点 易地搬迁安置点 安置点", ("relocated",)),
    **each("委托运营 机构运营 机构承接 社工机构承接 社工机构运营 社会组织承接 第三方运营 "
           "委托社会工作机构运营 委托社工机构运营 由社工机构承接运营 社工机构承接运营",
           ("by_agency",)),
}  # fmt: skip

countable(Countable(
    population=ASKED_STATIONS,
    nouns=_STATIONS,
    neutral="个数",
    base=(("standing",),),
    conditions=_OF_STATIONS,
    vague="新增 新设",
    naming=" ".join(_KINDS),
    units="个 家 所 处",
    permission=SEES,
))  # fmt: skip

# Of those that do not stand yet, or no more.
_GONE = {
    **each("筹建 筹建中 正在筹建 在建 拟建", (f"state_{StationStatus.PREPARING}",)),
    **each("撤并 已撤并 撤销", (f"state_{StationStatus.CLOSED}",)),
}
countable(Countable(
    population=ASKED_STATIONS,
    nouns="",
    neutral=f"{_STATIONS} 个数",
    conditions={**_KINDS, **_GONE},
    vague=" ".join(_KINDS),
    units="个 家 所 处",
    permission=SEES,
))  # fmt: skip

_SumOfStations = partial(
    Countable,
    population=ASKED_STATIONS,
    conditions=_OF_STATIONS,
    vague=" ".join(_OF_STATIONS),
    permission=SEES,
)

countable(_SumOfStations(
    nouns="面积 总面积 场地面积 使用面积 建筑面积 办公面积 服务场地面积",
    neutral=_STATIONS,
    base=(("standing",), ("measured",)),
    weight="area",
    units="平方米 m2",
))  # fmt: skip

countable(_SumOfStations(
    nouns="岗位数 设岗数 岗位个数 设置岗位 设置岗位数 岗位设置数 核定岗位数 社会工作岗位数 "
          "社工岗位数 开发岗位数",
    neutral=f"{_STATIONS} 岗位 社会工作岗位 社工岗位",
    base=(("standing",), ("allotted",)),
    weight="capacity",
    units="个",
))  # fmt: skip

countable(Countable(
    population=TOWNSHIPS,
    nouns="乡镇（街道）数 乡镇街道数 乡镇（街道）总数 乡镇街道总数",
    neutral=_STATIONS,
    conditions={
        **each("乡镇（街道） 乡镇街道"),
        **each("已建站 建站 覆盖 已覆盖 全覆盖 建成 已建成 已建社工站 设站 已设站", ("built",)),
        **each("有效运行", ("active",)),
    },
    vague="乡镇（街道） 乡镇街道 建成 已建成 有效运行",
    units="个",
    permission=SEES,
))  # fmt: skip

_AGENCIES = (
    "机构数 社工机构数 社工机构 机构个数 民办机构数 民办社会工作服务机构 民办社工机构 "
    "民办社工机构数 社会工作服务机构数 社会工作服务机构 社会工作机构 机构"
)
_LEVELS = {
    **each("省级 省 省本级 省登记", ("level_1",)),
    **each("市级 市州级 市（州）级 地市级 市 市本级 市（州）登记 市州登记", ("level_2",)),
    **each("县级 区级 区县级 县（市、区）级 县 县（市、区）登记 区县登记", ("level_3",)),
}
_OF_AGENCIES = {
    **_LEVELS,
    **each("党组织 党组织数 建立党组织 已建立党组织 成立党组织", ("with_branch",)),
    **each("单独建立党组织 单独党组织 单独组建党组织 独立党组织 单独建立", ("own_branch",)),
    **each("联合建立党组织 联合党组织 联合组建党组织 联合建立", ("joint_branch",)),
    **{f"{level}{end}": (tuple(f"rated_{n}" for n in range(int(level[0]), 6)),)
       for level in ("3A", "4A") for end in ("及以上", "以上", "级以上", "级及以上")},
    **{f"{level}{end}": ((f"rated_{level[0]}",),)
       for level in ("1A", "2A", "3A", "4A", "5A") for end in ("", "级")},
    **each("免税资格 非营利组织免税资格", ("exempt",)),
    **each("税前扣除资格 公益性捐赠税前扣除资格", ("deductible_then",)),
}  # fmt: skip
countable(Countable(
    population=ASKED_AGENCIES,
    nouns=_AGENCIES,
    neutral="个数 评估等级 登记 注册",
    base=(("operating",),),
    conditions={
        **_OF_AGENCIES,
        **each("新成立 新登记 新设立 新注册 新增", ("founded",)),
    },
    vague="新增",
    units="个 家",
    permission=SEES,
))  # fmt: skip

countable(Countable(
    population=ASKED_AGENCIES,
    nouns="",
    neutral=f"{_AGENCIES} 个数 登记 注册",
    base=(("dissolved",),),
    conditions={**_LEVELS, **each("注销 注销登记 已注销 注销机构")},
    vague=" ".join(_LEVELS),
    units="个 家",
    is_yearly=True,
    permission=SEES,
))  # fmt: skip
