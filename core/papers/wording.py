"""How forms put what they ask for: numbers before it, 其中, its unit behind it, two things at once,
and headings that only say by what others divide."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from core.ledgers.spreadsheets.child import squeeze


def _any(words: str) -> str:
    """A pattern of any of these words, the longest first."""
    return "|".join(sorted(words.split(), key=len, reverse=True))


# 一、 （二） 3. ④
_NUMBER = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]"
    r"|\d{1,2}(?:[、．]|\.(?!\d))|[①-⑳])\s*"
)
_WITHIN = re.compile(r"^(其中|截至|截止|年末|期末|现有|在册|本年[末底]|按\w{2,6}分[组类]?)")
_ENDING = re.compile(r"(的?(总人数|总数|总量|总额|人数|人员|个数|数)|的|人)$")
# Of a part of a form: 服务开展情况.
_MATTERS = re.compile(r"(基本|总体|建设|设置|开展|发展|配备|队伍建设)?(情况|状况|统计|一览)表?$")
_YEARS = re.compile(r"^(\d{4}年度?|年度|全[省市州县区])")
_YEAR = re.compile(r"(?<!\d)(20\d\d)年")
_BRACKETS = re.compile(r"[（(\[【〔].*?[）)\]】〕]")
_IN_BRACKETS = re.compile(r"[（(]([^（）()]*)[）)]\s*$")
# 36-45岁, which squeezing would make one number.
_FROM_TO = re.compile(r"(?<=[\d岁])\s*[-－—–~～]+\s*(?=\d)")
_OR = re.compile(r"[、，,]|和|与|或|及(?!以)")

_UNITS = frozenset(
    "人 名 个 家 所 处 件 项 批 场 次 场次 人次 户 户次 节 期 班次 小时 学时 元 千元 万元 亿元 "
    "平方米 m2".split()
)
# Beside a heading it says nothing of what is counted.
_SILENT = re.compile(
    rf"({'|'.join(_UNITS)}|%|单位|计量单位|其中|[甲乙丙丁戊一二三四五六七八九十]|\d{{0,3}})?"
)

# By what headings divide the others, with any of these endings or without one.
_DIVIDES = (
    "性别 民族 年龄 学历 学历学位 文化程度 受教育程度 政治面貌 职称 专业技术职称 专业技术职务 "
    "职业资格 职业水平 职业资格水平 持证 证书 职务 单位 所在单位 工作单位 单位性质 来源 资金来源 "
    "资金渠道 采购方式 购买方式 服务领域 领域 阶段 项目阶段 项目进度 实施进度 运行 运行状态 "
    "建设状态 状态 级别 登记级别 层次 学历层次 培养层次 从业年限 工作年限 用工性质 用工 分布"
)
_ENDINGS = "情况 结构 构成 分布 类别 类型 等级 级别 层次 性质 分 分组 分类"
_DIVIDING = re.compile(
    rf"按?({_any(_DIVIDES)})({_any(_ENDINGS)})?"
    rf"|(岗位|机构|人才|人员|站点|项目)({_any('类别 类型 性质 等级 级别 层次 分布 结构 构成')})"
)
# These say something where nothing stands behind them.
_TELLING = frozenset("持证 运行".split())
# What heads other headings.
_OF_HEADINGS = frozenset(
    "地区 单位名称 地区名称 县市区 区县 市县 项目 指标 指标名称 类别 名称 系统 填报单位 内容 "
    "服务内容 服务项目".split()
)
# Under these stands no figure.
_OF_NAMES = frozenset("序号 代码 编码 编号 行次 单位 计量单位 备注 说明".split())


def says_nothing(text: str) -> bool:
    """Whether a heading is a unit, a number of a line and the like."""
    return _SILENT.fullmatch(squeeze(text)) is not None


def is_of_headings(text: str) -> bool:
    """Whether a heading heads the other headings: 地区, 指标名称, 按采购方式分."""
    said = squeeze(unnumbered(text))
    is_dividing = said not in _TELLING and _DIVIDING.fullmatch(said) is not None
    return said in _OF_HEADINGS or said in _OF_NAMES or is_dividing


def stem_of(text: str) -> str:
    """By what a heading divides the others: 职称 of 「职称结构」."""
    said = squeeze(unnumbered(text))
    found = _DIVIDING.fullmatch(said)
    return (found[1] or found[3]) if found else said


def in_this_year(text: str, year: int) -> str:
    """A heading with 本年 and 上年 for the years that it names: 「2024年末」."""
    names = {year: "本年", year - 1: "上年"}
    return _YEAR.sub(lambda found: names.get(int(found[1]), found[0]), text)


def is_part(text: str) -> bool:
    """Whether a heading is one of a part: 其中：女."""
    return squeeze(unnumbered(text)).startswith("其中")


def is_of_names(text: str) -> bool:
    """Whether a heading heads what is no figure: 代码, 备注."""
    return squeeze(text) in _OF_NAMES


def unnumbered(text: str) -> str:
    return _NUMBER.sub("", text)


def is_numbered(text: str) -> bool:
    return _NUMBER.match(text) is not None


@lru_cache(maxsize=1_000)
def of_matter(text: str) -> str:
    """What a title speaks of: 「二、社会工作机构情况」, 「2025年全市社会工作机构统计表」."""
    return _MATTERS.sub("", _YEARS.sub("", _YEARS.sub("", squeeze(unnumbered(text)))))


@lru_cache(maxsize=10_000)
def forms_of(heading: str) -> tuple[str, ...]:
    """As it stands, else without what a form puts around it: 其中女性人数."""
    text = squeeze(_FROM_TO.sub("至", unnumbered(heading)))
    plain = _WITHIN.sub("", _WITHIN.sub("", text))
    found = (text, plain, _ENDING.sub("", plain), _MATTERS.sub("", plain))
    return tuple(form for form in dict.fromkeys(found) if form)


def either_of(heading: str) -> list[str]:
    """The things of a heading that names several: 儿童福利和未成年人保护."""
    parts = _OR.split(_BRACKETS.sub("", unnumbered(heading)))
    return parts if len(parts) > 1 and all(parts) else []


def lists_things(heading: str) -> bool:
    """Whether a heading sets things beside each other by signs, which squeezing takes away."""
    return re.search(r"[、，,/]", _BRACKETS.sub("", unnumbered(heading))) is not None


def units_of(headings: Iterable[str]) -> frozenset[str]:
    """The units that headings say: 「人次」 beside one, 「项目数（个）」 in one."""
    found = set()
    for heading in headings:
        behind = _IN_BRACKETS.search(heading)
        found |= {squeeze(heading), squeeze(behind[1]) if behind else ""}
    return frozenset(found & _UNITS)
