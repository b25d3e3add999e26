"""Code lists of people, certificates and posts (DOMAIN "Code lists")."""

from django.db import models


class TalentCategory(models.TextChoices):
    """C-TAL: 实务 (with its six sub-kinds), 研究, 管理."""

    PRACTICE = "1", "实务人才"
    PRACTICE_AGENCY = "11", "实务人才·社工机构"
    PRACTICE_STATION = "12", "实务人才·社工站"
    PRACTICE_COMMUNITY = "13", "实务人才·社区（村）"
    PRACTICE_INSTITUTION = "14", "实务人才·事业单位"
    PRACTICE_RURAL = "15", "实务人才·乡土社工"
    PRACTICE_ASSISTANT = "16", "实务人才·社会工作员"
    RESEARCH = "2", "研究人才"
    MANAGEMENT = "3", "管理人才"


class Source(models.TextChoices):
    """C-SRC, the groups of policy (四)."""

    VILLAGE_CADRE = "01", "村（社区）干部"
    GRID_WORKER = "02", "社区网格员"
    YOUTH_VOLUNTEER = "03", "青年志愿者"
    CHILD_SUPERVISOR = "04", "儿童督导员"
    CHILD_DIRECTOR = "05", "儿童主任"
    VETERAN = "06", "退役军人"
    RELIEF_ASSISTANT = "07", "救助协理员"
    RESCUER = "08", "应急救援员"
    COUNSELLOR = "09", "心理咨询师"
    SCHOOL_COUNSELLOR = "10", "学校辅导员"
    LEGAL_WORKER = "11", "法律服务工作者"
    GRADUATE = "12", "社工专业毕业生"
    AGENCY_WORKER = "13", "社工机构从业者"
    TEACHER = "14", "高校教师"
    ADMINISTRATOR = "15", "行政/事业管理人员"
    OTHER = "99", "其他"


class ServiceField(models.TextChoices):
    """C-FLD, the 18 fields of policy (六) in its order."""

    RELOCATION = "01", "易地扶贫搬迁后续"
    ELDERLY = "02", "老年人权益维护"
    MINORS = "03", "未成年人关爱保护"
    FAMILY = "04", "婚姻家庭及亲子关系"
    RELIEF = "05", "生活困难救助"
    DISABILITY = "06", "残障人士关爱"
    EMERGENCY = "07", "应急处置与社会心理调适"
    VETERANS = "08", "退役军人关爱"
    EDUCATION = "09", "教育辅导"
    SCHOOL = "10", "校园霸凌防止和师生情绪疏导"
    MEDIATION = "11", "人民调解"
    CORRECTION = "12", "社区矫正"
    DRUG = "13", "戒毒康复"
    LEGAL_AID = "14", "法律援助"
    LABOUR = "15", "职工权益维护"
    CIVILITY = "16", "文明举止"
    HYGIENE = "17", "卫生习惯"
    PETITION = "18", "信访沟通"
    RURAL = "90", "乡村振兴"
    OTHER = "99", "其他"


# Everyday words and the 17 fields of the national list of 2012, as the policy's 18 have them.
FIELD_WORDS = {
    "易地扶贫搬迁": "01", "易地搬迁": "01", "养老服务": "02", "老年人": "02", "为老服务": "02",
    "养老": "02", "一老": "02", "儿童福利": "03", "未成年人保护": "03", "儿童": "03",
    "青少年": "03",
    "儿童关爱": "03", "留守儿童": "03", "困境儿童": "03", "一小": "03", "婚姻家庭": "04",
    "家庭": "04", "妇女": "04", "社会救助": "05", "低保": "05", "救助": "05", "残疾人": "06",
    "助残": "06", "残障": "06", "残障康复": "06", "应急处置": "07", "心理健康": "07",
    "精神卫生": "07", "退役军人": "08", "优抚安置": "08", "教育": "09", "教育辅导": "09",
    "学校社会工作": "10", "司法矫正": "12", "矫治帮扶": "12", "矫治帮教": "12", "禁毒": "13",
    "禁毒戒毒": "13", "戒毒": "13", "法律服务": "14", "职工": "15", "企业": "15",
    "群众文化": "16", "信访": "18", "乡村振兴": "90", "扶贫济困": "90",
    "社区治理": "99", "社区建设": "99", "社会福利": "99", "慈善事业": "99", "医疗卫生": "99",
    "就业援助": "99", "人口计生": "99", "一老一小": "99",
}  # fmt: skip


class CertificateLevel(models.TextChoices):
    """C-CRT; 1 to 3 count, 8 and 9 do not."""

    ASSISTANT = "1", "助理社会工作师"
    SOCIAL_WORKER = "2", "社会工作师"
    SENIOR = "3", "高级社会工作师"
    SENIOR_PASS = "8", "高级考试合格证明"
    LOCAL = "9", "地方证书/专项职业能力证书"


COUNTING_LEVELS = (
    CertificateLevel.ASSISTANT,
    CertificateLevel.SOCIAL_WORKER,
    CertificateLevel.SENIOR,
)


class RegistrationState(models.TextChoices):
    """C-REG: the national system's states and ours (8 to 11)."""

    NONE = "0", "未登记"
    SUBMITTED = "1", "待审核"
    FIRST_PASSED = "2", "初审通过"
    FIRST_FAILED = "3", "初审未通过"
    FINAL_PASSED = "4", "终审通过"
    FINAL_FAILED = "5", "终审未通过"
    COMPLETED = "6", "已完成"
    ISSUED = "7", "已出证"
    DUE = "8", "到期待续"
    GRACE = "9", "宽限"
    LAPSED = "10", "已失效"
    CANCELLED = "11", "注销"


VALID_REGISTRATIONS = (
    RegistrationState.COMPLETED,
    RegistrationState.ISSUED,
    RegistrationState.DUE,
)
# What is said of those when their last day has passed.
EXPIRED = "已过期"
# Valid up to the end of their period, whatever became of them since.
ONCE_VALID_REGISTRATIONS = (
    *VALID_REGISTRATIONS,
    RegistrationState.LAPSED,
    RegistrationState.CANCELLED,
)


class PersonStatus(models.TextChoices):
    """C-STA. 10, 20 and 80 are 在库 (T1 L0)."""

    SERVING = "10", "在岗"
    IDLE = "20", "待岗/离岗未离省"
    LEFT_NATIVE = "30", "离省（黔籍在外）"
    LEFT = "31", "离省（非黔籍）"
    RETIRED = "40", "退休"
    DECEASED = "50", "死亡"
    MERGED = "60", "合并"
    DEACTIVATED = "70", "停用"
    UNVERIFIED = "80", "待核实"


REGISTERED_STATUSES = (PersonStatus.SERVING, PersonStatus.IDLE, PersonStatus.UNVERIFIED)
# Retired people who still hold a post serve; the dead, merged and departed do not (T1).
MAY_SERVE = (*REGISTERED_STATUSES, PersonStatus.RETIRED)
# Whoever is so may come back.
AWAY = (PersonStatus.LEFT, PersonStatus.LEFT_NATIVE, PersonStatus.RETIRED)


class Verification(models.TextChoices):
    """C-VER. Staff entries and imports start at 2, self-entered ones at 1."""

    NONE = "0", "未核"
    SELF = "1", "自填"
    EMPLOYER = "2", "单位确认"
    COUNTY = "3", "县级核验"
    DOCUMENT = "4", "凭证核验"
    PROVINCE = "5", "省级抽查"


class PostKind(models.TextChoices):
    """C-POST."""

    HEAD = "1", "站长/主任"
    SUPERVISOR = "2", "督导"
    FRONTLINE = "3", "一线社工"
    PROJECT_MANAGER = "4", "项目主管"
    ASSISTANT = "5", "社会工作员"
    MANAGEMENT = "6", "管理"
    TEACHING = "7", "教学研究"
    OTHER = "9", "其他"


class Employment(models.TextChoices):
    """C-EMP; 7 and 8 do not make a 从业人员 (T1 L1)."""

    AGENCY = "1", "机构合同制"
    INSTITUTION = "2", "事业编制"
    CIVIL_SERVANT = "3", "公务员/参公"
    WELFARE_POST = "4", "公益性岗位"
    COMMUNITY_WORKER = "5", "社区工作者"
    VILLAGE_CADRE = "6", "村干部兼任"
    INTERN = "7", "实习"
    VOLUNTEER = "8", "志愿/兼职"


NOT_EMPLOYED = (Employment.INTERN, Employment.VOLUNTEER)


class EducationLevel(models.TextChoices):
    """GB/T 4658, the levels the registry asks for; order is by code, lower is higher."""

    DOCTOR = "11", "博士研究生"
    MASTER = "14", "硕士研究生"
    BACHELOR = "21", "本科"
    COLLEGE = "31", "大专"
    SECONDARY_VOCATIONAL = "41", "中专/中职"
    HIGH_SCHOOL = "61", "高中"
    JUNIOR = "71", "初中"
    PRIMARY = "81", "小学"
    OTHER = "90", "其他"


# 大专 or above (T1 L2).
HIGHER_EDUCATION = (
    EducationLevel.DOCTOR,
    EducationLevel.MASTER,
    EducationLevel.BACHELOR,
    EducationLevel.COLLEGE,
)


class Degree(models.TextChoices):
    """GB/T 6864, first digit."""

    DOCTOR = "2", "博士"
    MASTER = "3", "硕士"
    BACHELOR = "4", "学士"


class TitleLevel(models.TextChoices):
    """GB/T 8561, level."""

    SENIOR = "1", "正高级"
    ASSOCIATE = "2", "副高级"
    INTERMEDIATE = "3", "中级"
    JUNIOR = "4", "初级"


class ClaimClass(models.TextChoices):
    """T3: the three kinds of new key talent (policy (三))."""

    CERTIFIED = "A", "A 类：社会工作师及以上"
    TEACHER = "B", "B 类：讲授专业课程且副高级及以上"
    DOCTOR = "C", "C 类：社会工作或社会学博士"


class ClaimState(models.TextChoices):
    PENDING = "1", "待认定"
    APPROVED = "2", "已认定"
    REFUSED = "3", "不予认定"


class NativeBasis(models.TextChoices):
    """By what a person is 黔籍; an ID prefix is a hint only."""

    NATIVE_PLACE = "1", "籍贯"
    HOUSEHOLD = "2", "户籍"


class Origin(models.TextChoices):
    NEW = "1", "新增"
    INTRODUCED = "2", "引进"


class RequestState(models.TextChoices):
    """Of a transfer, as core.decisions.models.State counts them."""

    PENDING = "1", "待处理"
    ACCEPTED = "2", "已同意"
    REFUSED = "3", "已拒绝"
    WITHDRAWN = "4", "已撤回"
    DEFAULTED = "5", "到期自动同意"


class CorrectionState(models.TextChoices):
    """Of a correction; it follows from its items, and waiting grants none."""

    PENDING = "1", "待审核"
    DONE = "2", "全部已改"
    PARTLY = "6", "部分采纳"
    REFUSED = "3", "未采纳"
    WITHDRAWN = "4", "已撤回"


class RosterState(models.TextChoices):
    """Of a 在岗确认单: a newer one of the same employer takes the place of an open one."""

    OPEN = "1", "待返回"
    RETURNED = "2", "已返回"
    REPLACED = "3", "已被新单替代"


class RosterAnswer(models.TextChoices):
    """What an employer says of somebody on her sheet; the last is said by nobody."""

    NONE = "0", "没有答复"
    THERE = "1", "在岗"
    LEFT = "2", "离岗"
    UNSAID = "3", "单上没有提到"


class PoliticalStatus(models.TextChoices):
    """GB/T 4762, those in use."""

    MEMBER = "01", "中共党员"
    PROBATIONARY = "02", "中共预备党员"
    LEAGUE = "03", "共青团员"
    DEMOCRATIC = "04", "民主党派"
    INDEPENDENT = "12", "无党派人士"
    MASSES = "13", "群众"


# GB/T 3304-1991: the 56 nationalities.
_ETHNICITIES = (
    "汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 "
    "哈尼族 哈萨克族 傣族 黎族 傈僳族 佤族 畲族 高山族 拉祜族 水族 东乡族 纳西族 景颇族 "
    "柯尔克孜族 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族 阿昌族 普米族 "
    "塔吉克族 怒族 乌孜别克族 俄罗斯族 鄂温克族 德昂族 保安族 裕固族 京族 塔塔尔族 独龙族 "
    "鄂伦春族 赫哲族 门巴族 珞巴族 基诺族"
)
ETHNICITIES = [
    *((f"{code:02d}", name) for code, name in enumerate(_ETHNICITIES.split(), start=1)),
    ("97", "其他（含未识别民族）"),
    ("98", "外国血统中国籍"),
]

# 相关专业 of 社会工作人才资源统计指标说明: what the name of one contains, however a school or a
# ledger writes it (社会工作（专业硕士）, 应用社会学, 劳动与社会保障).
RELATED_MAJORS = (
    "社会工作",
    "社会学",
    "心理学",
    "社会保障",
    "社区管理",
    "青少年工作",
    "司法矫治",
    "民政管理",
    "民政服务",
)


# --- What offices write for a code ---------------------------------------------------------------
EDUCATION_WORDS = {
    "研究生": "14", "硕士": "14", "硕士研究生": "14", "专业硕士": "14", "学术硕士": "14",
    "msw": "14", "博士": "11", "大学": "21", "大学本科": "21", "本科": "21", "大学专科": "31",
    "专科": "31", "高职": "31", "大专": "31", "中专": "41", "中职": "41", "技校": "41",
    "职高": "41", "高中": "61", "初中": "71", "初中及以下": "71", "小学": "81",
    "全日制本科": "21", "在职本科": "21", "全日制大专": "31", "在职大专": "31",
    "在职研究生": "14", "省委党校研究生": "14", "党校研究生": "14", "本科学士": "21",
    "高中及以下": "61", "中专及以下": "41",
}  # fmt: skip
EDUCATION_WORDS |= {
    f"{way}{level}": code
    for way in ("函授", "自考", "电大")
    for level, code in (("本科", "21"), ("大专", "31"), ("专科", "31"))
}
EDUCATION_WORDS |= {f"{name}学历": code for name, code in EDUCATION_WORDS.items()}
