"""The statistical tables that counties are asked for, ready to be filled.

Columns as published (DOMAIN "Forms asked of counties"); table 5 has no source until trainings are
kept. Of money it is the projects': what was contracted in the year, by source.
"""

from __future__ import annotations

from core.papers.standing import StandingForm
from stations.codes import System

_STAFF = (
    "年末从业人数",
    ("其中", "女"),
    ("其中", "中共党员"),
    ("学历", "大学专科"),
    ("学历", "大学本科及以上"),
    ("职业资格", "助理社会工作师"),
    ("职业资格", "社会工作师"),
    ("年龄", "35岁及以下"),
    ("年龄", "36–45岁"),
    ("年龄", "46–55岁"),
    ("年龄", "56岁及以上"),
)

STAFF_ROW = StandingForm(
    code="staff",
    title="社会工作从业人员基本情况",
    document="民政统计年报从业人员指标",
    columns=_STAFF,
)
POSTS = StandingForm(
    code="table3",
    title="社会工作岗位和服务站情况（表3）",
    document="民政部社会工作统计年报（2019）表3",
    columns=(
        ("在岗人数", "乡镇街道和社区"),
        ("在岗人数", "其他系统事业单位"),
        ("在岗人数", "社会组织"),
        ("在岗人数", "合计"),
        "社会工作服务站（室、中心）个数",
    ),
)
SYSTEMS = StandingForm(
    code="table4",
    title="社会工作专业人才情况（表4）",
    document="民政部社会工作统计年报（2019）表4",
    columns=("社会工作专业人才数", ("其中", "持证"), ("其中", "女")),
    lines=[str(one.label) for one in System if one != System.OTHER],
    head="系统",
)
AGENCIES = StandingForm(
    code="table7",
    title="民办社会工作服务机构情况（表7）",
    document="民政部社会工作统计年报（2019）表7",
    columns=(
        ("机构数", "合计"),
        ("机构数", "省级"),
        ("机构数", "市级"),
        ("机构数", "县级"),
        ("机构数", "党组织数"),
        "社工机构专职人员数",
        "社工机构专职人员中的党员数",
    ),
)
_SOURCES = ("合计", "财政性资金", "福彩公益金", "其他资金")
FUNDS = StandingForm(
    code="table8",
    title="社会工作资金投入情况（表8）",
    document="民政部社会工作统计年报（2019）表8",
    columns=[
        (source, heading)
        for source in _SOURCES
        for heading in ("年投入（万元）", "较上年增长量（万元）")
    ],
    number="#,##0.0",
)

__all__ = ["AGENCIES", "FUNDS", "POSTS", "STAFF_ROW", "SYSTEMS"]
