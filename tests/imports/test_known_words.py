"""Headings and words that offices write (as published systems and notices have them): each is
understood without a question."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from core.ledgers import mapping
from core.ledgers.ledger import ledger_for
from core.ledgers.values import Choice, UnknownWord

HEADINGS = {
    ("people", "township"): "所属街道 镇（街） 镇街 街道（乡镇） 街道",
    ("people", "county"): "区（市、县） 所属区县",
    ("people", "id_number"): "身份证件号码 公民身份证号码 居民身份证号码 证件号",
    ("people", "employer"): "所在机构 机构名称 服务单位 所属社工站 单位",
    ("people", "started_on"): "入职年月 上岗日期 任职年月 从业时间",
    ("people", "employment"): "用工方式 人员类别",
    ("people", "post_kind"): "工作岗位 岗位类别",
    ("people", "education"): "文化程度 最高学历",
    ("people", "certificate_level"): "证书类别 取得证书类别 资格名称 职业水平等级 职业水平级别"
    " 社会工作者职业水平证书情况 社会工作者职业水平证书 社会工作资格证书获得情况",
    ("people", "certificate_number"): "职业水平证书管理号 职业水平证书编号 证书编号",
    ("people", "approved_on"): "获取证书时间 取得证书时间 取证时间 授予时间 签发日期",
    ("people", "registration_voucher"): "登记证书号 登记证号",
    ("people", "registration_period"): "登记有效期",
    ("stations", "name"): "社工站名称 站点名称",
    ("stations", "county"): "区（市、县）",
    ("stations", "township"): "所属街道 镇街",
    ("stations", "address"): "站点地址 详细地址",
    ("stations", "operator"): "承接主体 运营主体 服务机构",
    ("stations", "built_on"): "揭牌时间 投入使用时间",
    ("stations", "reported_workers"): "驻站社工总数 驻站社工人数 配备社工数",
    ("stations", "area"): "使用面积",
    ("stations", "status"): "建设情况",
    ("projects", "contractor"): "供应商 供应商（乙方） 中标/成交供应商 项目承接单位",
    ("projects", "purchaser"): "甲方 采购人（甲方）",
    ("projects", "region"): "实施地点 服务区域",
    ("projects", "contract_amount"): "成交金额",
    ("projects", "budget"): "采购预算",
    ("projects", "stage"): "项目进展 项目完成情况",
    ("graduates", "stayed"): "省内就业人数 留省就业人数",
    ("graduates", "graduates"): "总人数",
}
WORDS = {
    ("people", "certificate_level", "1"): "全国助理社会工作师 初级社工 社工初级 初级社会工作者"
    " 初级证书 助理社会工作师证 助理社工师",
    ("people", "certificate_level", "2"): "全国社会工作师 中级社工 社工中级 中级社会工作者",
    ("people", "certificate_level", "3"): "全国高级社会工作师 高级社工师",
    ("people", "certificate_level", ""): "未获得 备考中 未取得",
    ("people", "education", "14"): "省委党校研究生 研究生（省委党校） 硕士",
    ("people", "education", "21"): "函授本科 自考本科 电大本科 本科学士 大学本科",
    ("people", "education", "31"): "大学专科 函授大专",
    ("people", "education", "61"): "高中及以下",
    ("people", "education", "41"): "中专及以下",
    ("people", "political_status", "04"): "民革 中国民主同盟 民建会员 民进会员 农工党党员 致公党"
    " 九三学社社员 台盟盟员 民主党派",
    ("people", "political_status", "12"): "无党派 无党派人士",
    ("people", "ethnicity", "97"): "穿青人 革家人 亻革家人 未识别民族 其他 穿青人族 其他（穿青人）",
    ("people", "ethnicity", "06"): "苗 苗族",
    ("people", "employment", "2"): "编制 在编 事业编",
    ("people", "employment", "1"): "聘任制 外聘 劳务派遣 政府购买服务 编外 临聘",
    (
        "stations",
        "kind",
        "3",
    ): "乡镇（街道）社会工作和志愿服务站 社会工作站 社会工作服务站 社工服务站",
    ("stations", "kind", "2"): "社会工作服务总站 县级社会工作指导中心",
    ("stations", "kind", "4"): "村（社区）社会工作室",
    ("stations", "status", "3"): "正常 正常运营 已建成并运行",
    ("stations", "status", "2"): "已揭牌 已挂牌",
    ("stations", "status", "1"): "正在建设 拟建 未建",
    ("stations", "status", "4"): "停止运营",
    ("projects", "fund", "5"): "福彩公益金 福利彩票公益金",
    ("projects", "fund", "B"): "省级福彩公益金",
    ("projects", "fund", "4"): "本级财政 区财政",
    ("projects", "fund", "7"): "社会捐赠 慈善资金",
    ("projects", "fund", "6"): "东西部协作资金",
    ("projects", "procurement", "5"): "单一来源采购",
    ("projects", "procurement", "6"): "框架协议采购",
    ("projects", "procurement", "B"): "定向委托",
    ("projects", "procurement", "2"): "邀标",
    ("projects", "stage", "50"): "正在实施 执行中",
    ("projects", "stage", "80"): "已验收 验收合格",
    ("projects", "stage", "40"): "已签订合同",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "attribute", "heading"),
    [(*key, heading) for key, said in HEADINGS.items() for heading in said.split()],
)
def test_a_heading_is_known(kind: str, attribute: str, heading: str) -> None:
    assert mapping.match(ledger_for(kind), ["序号", heading], region="520102") == {attribute: 1}


@pytest.mark.parametrize(
    ("kind", "attribute", "code", "word"),
    [(*key, word) for key, said in WORDS.items() for word in said.split()],
)
def test_a_word_is_known(kind: str, attribute: str, code: str, word: str) -> None:
    assert _meaning(kind, attribute, word) == code


@pytest.mark.parametrize(
    ("attribute", "word", "likeliest"),
    [
        # The popular name of the one below, though its words are those of the other.
        ("certificate_level", "社会工作师（初级）", "1"),
        ("certificate_level", "社会工作师（高级）", "3"),
        ("education", "本科（在读）", ""),
        # A proposal that is taken unread would count.
        ("education", "大专以下", ""),
        ("certificate_level", "初级", "1"),
        # A low grade of some other office, like 社工师 by its letters alone.
        ("certificate_level", "社工员", ""),
    ],
)
def test_what_could_be_either_is_asked(attribute: str, word: str, likeliest: str) -> None:
    with pytest.raises(UnknownWord):
        _meaning("people", attribute, word)
    assert _choice("people", attribute).likeliest(word) == likeliest


def _choice(kind: str, attribute: str) -> Choice:
    column = ledger_for(kind).column(attribute)
    assert column is not None
    assert isinstance(column.clean_cell, Choice)
    return column.clean_cell


def _meaning(kind: str, attribute: str, word: str) -> str:
    row: Any = SimpleNamespace()
    found = _choice(kind, attribute)(word, row)
    # What stands beside a code is the word as it was written.
    return str(found[0] if isinstance(found, list) else found or "")
