"""What offices write in the columns of a ledger of people, and what each word means.

Source of the words: ledgers of offices, public notices and contracts; each is a lesson for its
kind.
"""

from __future__ import annotations

from core.text import normalise
from talent.codes import ETHNICITIES, PersonStatus

STATUSES = {normalise(label): code for code, label in PersonStatus.choices}
CERTIFICATES = {
    "助理社工师": "1", "助理": "1", "助理社会工作师（初级）": "1",
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
# Asked: for some it is 助理, for others a certificate of the place.
UNSURE = {"初级": "1"}
# There is one, of which the cell does not say which; there is none.
HELD = frozenset("有 是 √ ✓ ✔ ☑ ● 1 已 y yes 持证 有证 已取得 已持证 已获得 取得 获得".split())
NOT_HELD = frozenset("0 × ✗ ✘ x ☐ ○ n no 没有 未 无证 不持证 未取证 未报考 未通过".split())
# The parties beside the one, by name, short name and what their members are called.
PARTIES = {
    f"{party}{member}": "04"
    for party in ("中国国民党革命委员会", "民革", "中国民主同盟", "民盟", "中国民主建国会", "民建",
                  "中国民主促进会", "民进", "中国农工民主党", "农工党", "中国致公党", "致公党",
                  "九三学社", "台湾民主自治同盟", "台盟")
    for member in ("", "党员", "会员", "盟员", "社员", "成员")
}  # fmt: skip
CERTIFICATE_GROUPS = (
    "证书", "资格证", "资格证书", "职业资格", "职业资格证书", "社工证", "社工证书",
    "社会工作者职业资格证书", "社会工作者职业资格", "持证情况", "社会工作职业资格证书",
    "社会工作者职业水平证书", "职业水平证书",
)  # fmt: skip
GIVEN_ON = ("取得时间", "取得日期", "发证日期", "获证时间", "发证时间", "批准时间",
            "获取证书时间", "取得证书时间", "取证时间", "授予时间", "签发日期")  # fmt: skip
POSTS = {
    "社工": "3", "社会工作者": "3", "一线社工": "3", "专职社工": "3", "站长": "1", "主任": "1",
    "副站长": "1", "负责人": "1", "督导": "2", "项目主管": "4", "项目经理": "4", "主管": "4",
    "社会工作员": "5", "社工员": "5", "管理人员": "6", "教师": "7", "讲师": "7",
}  # fmt: skip
EMPLOYMENTS = {
    "合同制": "1", "合同": "1", "劳动合同": "1", "聘用": "1", "机构聘用": "1", "事业编": "2",
    "事业": "2", "事业编制": "2", "公务员": "3", "参公": "3", "行政编制": "3", "公益岗": "4",
    "公益性岗位": "4", "公岗": "4", "社区": "5", "社区工作者": "5", "村干部": "6",
    "编制": "2", "在编": "2", "在编人员": "2", "聘任制": "1", "外聘": "1", "劳务派遣": "1",
    "政府购买服务": "1", "编外": "1", "临聘": "1",
    "村干": "6", "实习": "7", "实习生": "7", "志愿者": "8", "兼职": "8", "志愿": "8",
}  # fmt: skip
SOURCES = {
    "村干部": "01", "社区干部": "01", "居委会干部": "01", "村（居）干部": "01", "网格员": "02",
    "社区网格员": "02", "志愿者": "03", "儿童督导": "04", "退役士兵": "06", "退伍军人": "06",
    "转业军人": "06", "退役军人": "06", "救助协管员": "07", "应急救援": "08", "心理咨询": "09",
    "辅导员": "10", "法律服务": "11", "社工专业应届毕业生": "12", "社会工作专业毕业生": "12",
    "社工机构": "13", "社会组织": "13", "高校": "14", "事业单位": "15", "机关": "15",
}  # fmt: skip
TITLES = {
    "正高": "1", "教授": "1", "研究员": "1", "高级": "2", "副高": "2", "副教授": "2",
    "高级工程师": "2", "高级经济师": "2", "高级讲师": "2", "中级": "3", "工程师": "3",
    "讲师": "3", "经济师": "3", "会计师": "3", "主治医师": "3", "中小学一级教师": "3",
    "一级教师": "3", "初级": "4", "助理工程师": "4", "助理级": "4", "助教": "4",
    "助理会计师": "4", "助理经济师": "4", "技术员": "4", "员级": "4", "二级教师": "4",
}  # fmt: skip

# Whom the 56 do not name, as they are written in Guizhou, and what says no more than that.
UNNAMED = ("穿青人", "革家人", "未识别民族")
_ALSO_UNNAMED = ("穿青人族", "穿青族", "亻革家人", "亻革家族", "革家族", "未识别", "其他", "其它")
PEOPLES = {name.removesuffix("族"): code for code, name in ETHNICITIES[:56]}
PEOPLES |= dict.fromkeys((*UNNAMED, *_ALSO_UNNAMED), "97")

# Of a post without its day.
FROM_TODAY = "没有入职日期，按导入当日登记，请补充。"
# Of a post of which neither is said.
NOWHERE = "没有写工作单位，也没有写乡镇（街道），任职没有登记，请补充。"
# In the place of an employer: whoever has none, by the state that goes with it.
RETIRED = frozenset({"退休", "已退休"})
NO_EMPLOYER = RETIRED | frozenset(
    "无业 待业 待定 待就业 离职 已离职 无单位 灵活就业 失业 自由职业 自由职业者 在家 未就业 学生 "
    "在校 在校学生 个体 务农 家庭主妇 暂无单位 无固定单位 待分配 待安置 自管 个人 同上".split()
)  # fmt: skip
# What is over, in a remark or a column of its own: a post, or more than that.
_SAID = r"(?<![未不没非拟将可])"
# At the end of a clause: 工资走的镇财政 says nothing of who left.
_WENT = r"(?<![没还要快想])走[了的](?=$|[,，。;；、()（）])"
LEFT_POST = f"{_SAID}(离职|离岗|离任|辞职|解聘|辞退|不在岗|不在职|{_WENT})"
LEFT_FOR_GOOD = f"{_SAID}(退休(?!返聘|反聘)|调离|调出|调走(?!后|到|来|的)|去世|死亡|病故|亡故)"
LEFT = f"{LEFT_POST}|{LEFT_FOR_GOOD}"
# In a column about being there.
THERE = frozenset(
    "在岗 在职 在任 在编 在册 正常 正常在岗 是 有 1 √ 试用 试用期 聘用 在聘 返聘 上班 - /".split()
)
NOT_THERE = frozenset("否 不在岗 不在职 不在 不在了 已走 走了 0 ×".split())
