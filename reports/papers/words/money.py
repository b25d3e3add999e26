"""Projects and their money, as forms ask for them."""

from __future__ import annotations

from core.papers.figures import Countable, countable
from projects.codes import Fund, Procurement, Stage
from reports.definitions.populations.money import MONEY, MONEY_BY_SOURCE, PAYMENTS
from reports.papers.words.saying import SEES, each
from talent.codes import FIELD_WORDS, ServiceField

_MONEY = (
    "年投入 年投入资金 年度投入 年度投入资金 投入 投入资金 资金投入 投入金额 资金投入总量 "
    "资金总量 资金 资金总额 项目资金 购买服务资金 购买服务金额 政府购买服务资金 社会工作资金 "
    "购买社会工作服务资金 政府购买社会工作服务资金 经费 投入经费 合同金额 合同额 合同总额 "
    "合同总金额 签约金额 成交金额 项目金额 购买金额"
)
_PROJECTS = (
    "项目数 项目个数 项目 购买服务项目 购买服务项目数 政府购买服务项目 政府购买社会工作服务项目 "
    "社会工作服务项目 社会工作项目 服务项目 项目总数 购买社会工作服务项目"
)
_IN_YUAN = "元 千元 万元 亿元"
_LOTTERY = "福彩 福彩公益金 彩票公益金 福利彩票公益金 福彩资金"
_LEVELS = {
    "中央": Fund.CENTRAL_LOTTERY, "省级": Fund.PROVINCE_LOTTERY, "省": Fund.PROVINCE_LOTTERY,
    "市级": Fund.PREFECTURE_LOTTERY, "市州": Fund.PREFECTURE_LOTTERY,
    "县级": Fund.COUNTY_LOTTERY, "区县": Fund.COUNTY_LOTTERY, "本级": Fund.COUNTY_LOTTERY,
}  # fmt: skip
_FUNDS = {
    **each("财政性 财政性资金 财政资金 财政", ("fiscal",)),
    **each(_LOTTERY, ("lottery",)),
    **{
        f"{level}{word}": ((f"from_{fund}",),)
        for level, fund in _LEVELS.items()
        for word in _LOTTERY.split()
    },
    **each("其他 其他资金 其他来源", ("-fiscal",), ("-lottery",)),
    **each("社会捐赠 慈善捐赠 捐赠 慈善资金 社会捐赠资金", ("donated",)),
    **each("中央财政 中央 中央资金 中央财政资金", (f"from_{Fund.CENTRAL}",)),
    **each("省级财政 省级 省级资金 省级财政资金", (f"from_{Fund.PROVINCE}",)),
    **each("市级财政 市州财政 市级 市级资金 市级财政资金", (f"from_{Fund.PREFECTURE}",)),
    **each(
        "县级财政 区级财政 县级 本级财政 县级资金 县级财政资金 区县财政", (f"from_{Fund.COUNTY}",)
    ),
    **each("东西部协作 东西部协作资金", (f"from_{Fund.COOPERATION}",)),
    **each("衔接资金 乡村振兴衔接资金", (f"from_{Fund.CONNECTING}",)),
    **each("自筹 自筹资金", (f"from_{Fund.OWN}",)),
}
_LAWFUL = (Procurement.OPEN, Procurement.INVITED, Procurement.NEGOTIATION,
           Procurement.CONSULTATION, Procurement.SINGLE)  # fmt: skip
_WAYS = {
    **each("单一来源采购", (f"by_{Procurement.SINGLE}",)),
    **each("邀标", (f"by_{Procurement.INVITED}",)),
    **each("框架协议采购", (f"by_{Procurement.FRAMEWORK}",)),
    **each("其他方式 其他采购方式 采购方式其他", *((f"-by_{way}",) for way in _LAWFUL)),
    **{str(one.label): ((f"by_{one.value}",),) for one in Procurement},
}
_FIELDS = {
    **{word: ((f"in_{code}",),) for word, code in FIELD_WORDS.items()},
    **{str(one.label): ((f"in_{one.value}",),) for one in ServiceField
       if one != ServiceField.OTHER},
    **each("服务领域其他 其他领域", (f"in_{ServiceField.OTHER}",)),
}  # fmt: skip
_STAGES = {
    **each("已签约 签约 已签订合同", (f"at_{Stage.SIGNED}",)),
    **each(
        "正在实施 实施中 实施 在实施 执行中 正在执行 在建",
        (f"at_{Stage.RUNNING}", f"at_{Stage.MIDTERM}"),
    ),
    **each("中期评估", (f"at_{Stage.MIDTERM}",)),
    **each("末期评估", (f"at_{Stage.FINAL}",)),
    **each("已结项 结项 已完成 已验收", (f"at_{Stage.CLOSED}",)),
    **each("整改 整改中", (f"at_{Stage.RECTIFICATION}",)),
    **each("终止 已终止", (f"at_{Stage.TERMINATED}",)),
}
_SAID = {**_WAYS, **_FIELDS, **_STAGES}
# What could be said of people or stations as well.
_VAGUE = " ".join({**_FIELDS, **_STAGES, **_FUNDS}.keys() - {"中期评估", "末期评估"})

countable(Countable(
    population=MONEY,
    nouns=_PROJECTS,
    neutral="个数",
    base=(("begun",), ("contracted",)),
    conditions={**_FUNDS, **_SAID},
    vague=_VAGUE,
    units="个 项",
    is_yearly=True,
    permission=SEES,
))  # fmt: skip

countable(Countable(
    population=MONEY,
    nouns=_MONEY,
    neutral=f"金额 {_PROJECTS}",
    base=(("begun",), ("contracted",)),
    conditions=_SAID,
    vague=_VAGUE,
    weight="amount",
    units=_IN_YUAN,
    is_yearly=True,
    permission=SEES,
))  # fmt: skip

countable(Countable(
    population=MONEY_BY_SOURCE,
    nouns=_MONEY,
    neutral=f"金额 {_PROJECTS}",
    base=(("begun",), ("contracted",), ("known",)),
    conditions={**_SAID, **_FUNDS},
    weight="amount",
    units=_IN_YUAN,
    is_yearly=True,
    vague=f"{' '.join({**_FIELDS, **_STAGES})} 其他 其他资金 其他来源 中央 省级 市级 县级 捐赠",
    permission=SEES,
))  # fmt: skip

countable(Countable(
    population=PAYMENTS,
    nouns="已拨付 拨付 已拨付资金 拨付资金 拨付金额 本年拨付 已支付 支付 支付资金 支付金额 "
          "实际支付 已付金额 已付款 付款金额 拨款",
    neutral=f"金额 资金 项目资金 购买服务资金 {_PROJECTS}",
    base=(("paid",),),
    conditions=_SAID,
    vague=" ".join(_SAID),
    weight="amount",
    units=_IN_YUAN,
    is_yearly=True,
    permission=SEES,
))  # fmt: skip
