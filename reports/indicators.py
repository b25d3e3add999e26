"""All definitions, in the policy's order. One declaration makes the tile, the breakdown,
the trend, the list, the reasons, the export, the snapshot and the printed card.

Source: 黔民发〔2022〕21号 and DOMAIN "Counting definitions". Codes are fixed names.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import replace

from core.figures.indicators import Figures, Indicator, figures_on
from reports.populations import (
    AGENCIES,
    COUNTIES,
    GRADUATES,
    KEY_TALENTS,
    PEOPLE,
    PREFECTURES,
    STATIONS,
    TOWNSHIPS,
)

GOALS = "黔民发〔2022〕21号（三）发展目标"
STRONGHOLDS = "黔民发〔2022〕21号（七）强化阵地建设"

_LOCATED = "按统计日主岗所在地计入，无主岗的按常住地；都没有的列为未定位，只计入全省。"
_ONE_PERSON = "一人多岗只计一次；离省、死亡、合并、停用的次日起不计；退休后仍有主岗的计入。"
_VERIFIED = "核实级别须在「单位确认」以上；核实级别取当前值，不追溯。"
_TALENT = ("educated", "titled", "certified")
_PROFESSIONAL = ("certified", "related")

T1 = Indicator(
    code="T1",
    name="社工人才",
    unit="人",
    clause=GOALS,
    rule="统计日有主岗、从事社会工作的人员（不含实习、志愿），实务、研究、管理三类都计入。",
    rulings=(
        "以阶梯的「从业」（L1）为总数口径，由省确定。",
        _ONE_PERSON,
        _VERIFIED,
        _LOCATED,
        "政策（四）所列十一类人员，须有社会工作岗位才计入。",
    ),
    population=PEOPLE,
    where=(("verified",), ("employed",)),
    has_target=True,
)


def _step(code: str, name: str, rule: str, *clauses: tuple[str, ...]) -> Indicator:
    where = (("verified",), *clauses)
    return replace(
        T1, code=code, name=name, rule=rule, where=where, part_of="T1", has_target=False,
        rulings=(_ONE_PERSON, _VERIFIED, _LOCATED),
    )  # fmt: skip


LADDER = (
    _step("T1_L0", "L0 在库", "统计日状态为在岗、待岗（离岗未离省）或待核实。", ("registered",)),
    _step("T1_L1", "L1 从业", "统计日有主岗，用工性质不是实习、志愿（兼职）。", ("employed",)),
    _step(
        "T1_L2", "L2 社会工作人才",
        "从业人员中，大专及以上学历、或中级及以上职称、或持证。",
        ("employed",), _TALENT,
    ),
    _step(
        "T1_L3", "L3 专业社会工作人才",
        "社会工作人才中，持证或所学为社会工作、社会学等相关专业。",
        ("employed",), _TALENT, _PROFESSIONAL,
    ),
    _step(
        "T1_L4", "L4 持证", "从业人员中，持全国社会工作者职业资格证书。",
        ("employed",), ("certified",),
    ),
)  # fmt: skip
CATEGORIES = (
    _step("T1_PRACTICE", "实务人才", "社工人才中的实务人才。", ("employed",), ("practice",)),
    _step("T1_RESEARCH", "研究人才", "社工人才中的研究人才。", ("employed",), ("research",)),
    _step("T1_MANAGEMENT", "管理人才", "社工人才中的管理人才。", ("employed",), ("management",)),
    _step(
        "T1_FRESH", "12 个月内确认", "社工人才中，统计日前 12 个月内确认过资料的。",
        ("employed",), ("fresh",),
    ),
)  # fmt: skip

T2 = Indicator(
    code="T2",
    name="持证人才",
    unit="人",
    clause=GOALS,
    rule="社工人才中，持助理社会工作师、社会工作师、高级社会工作师证书的人数。",
    rulings=(
        "「其中」：在社工人才总数之内。",
        "一人多证只计最高一级；证书本身长期有效，登记过期仍计入，另列「登记有效」。",
        "高级考试合格证明不作高级计；2008 年前地方证书、专项职业能力证书不计。",
        "证书核验级别须在「单位确认」以上；外省考取、在黔任职的计入，在黔考取、省外任职的不计。",
        _LOCATED,
    ),
    population=PEOPLE,
    where=(("verified",), ("employed",), ("certified",)),
    has_target=True,
)


def _certified(code: str, name: str, rule: str, *clauses: tuple[str, ...]) -> Indicator:
    return replace(
        T2, code=code, name=name, rule=rule, where=(*T2.where, *clauses), part_of="T2",
        has_target=False,
    )  # fmt: skip


CERTIFIED = (
    _certified("T2_ASSISTANT", "助理社会工作师", "最高一级为助理社会工作师。",
               ("-certified_middle",)),
    _certified("T2_MIDDLE", "社会工作师", "最高一级为社会工作师。",
               ("certified_middle",), ("-certified_senior",)),
    _certified("T2_SENIOR", "高级社会工作师", "持高级社会工作师证书。", ("certified_senior",)),
    _certified("T2_CHECKED", "县级以上核验", "证书核验级别在「县级核验」以上。",
               ("certified_checked",)),
    _certified("T2_VALID", "登记有效", "统计日登记在有效期内。", ("registration_valid",)),
    replace(
        T2, code="T2_OUTSIDE", name="持证但不在社工人才内", part_of="T2", has_target=False,
        rule="在库人员中持证，但没有社会工作主岗、或核实级别不够，未计入社工人才。",
        where=(("registered",), ("certified",), ("-verified", "-employed")),
        rulings=(),
    ),
)  # fmt: skip

_ANY_NEW = ("new_a", "new_b", "new_c")
T3 = Indicator(
    code="T3",
    name="新增重点人才",
    unit="人",
    clause=GOALS,
    rule="基期后取得资格、经认定的三类黔籍人员：A 社会工作师及以上；"
    "B 讲授专业课程且副高级及以上；C 社会工作或社会学博士。",
    rulings=(
        "以取得资格之日为准（B 类取两者中较晚的），不以录入日期为准；基期为规划规定的日期。",
        "跨两类的只计一人；中级升高级不重复计；基期前已具备、后来黔的列「引进」。",
        "黔籍指籍贯或户籍在贵州，逐人留证；身份证号前两位只作提示。",
        "累计指标：以后离省、去世的仍计入累计新增，不计入当前存量；地点取最后任职地。",
    ),
    population=KEY_TALENTS,
    where=(_ANY_NEW,),
    has_target=True,
    starts_over=True,
)


def _key(code: str, name: str, rule: str, *clauses: tuple[str, ...]) -> Indicator:
    return replace(
        T3, code=code, name=name, rule=rule, where=clauses, part_of="T3", has_target=False
    )


KEY = (
    _key("T3_A", "A 类", "获得社会工作师及以上证书。", ("new_a",)),
    _key("T3_B", "B 类", "讲授专业课程并获得副高级及以上职称。", ("new_b",)),
    _key("T3_C", "C 类", "获得社会工作或社会学博士学位。", ("new_c",)),
    _key(
        "T3_OVERLAP", "同属两类以上", "同时属于两类以上，在总数中只计一人。",
        ("new_a", "new_b"), ("new_a", "new_c"), ("new_b", "new_c"),
    ),
    _key("T3_PRESENT", "当前存量", "新增重点人才中，统计日仍在库的。", _ANY_NEW, ("present",)),
    _key(
        "T3_DOCUMENT", "以文件公布日为基期", "同一口径，但基期取文件公布之日。",
        ("late_a", "late_b", "late_c"),
    ),
    _key(
        "T3_INTRODUCED", "引进", "已具备资格后来黔的重点人才，单列，不计入新增。",
        ("introduced",), ("-new_a",), ("-new_b",), ("-new_c",),
    ),
)  # fmt: skip

T4 = Indicator(
    code="T4",
    name="社会工作专业毕业生",
    unit="人次",
    clause=GOALS,
    rule="省内院校社会工作专业各层次毕业生，自规划期首年起累计。",
    rulings=(
        "只计毕业，不计结业；同一人先后毕业于不同层次的按人次计。",
        "文件未定「累计」的起点：同时列出自规划期首年和历年累计两个数。",
        "来自院校填报的汇总数，不由人员档案推算；省外院校的黔籍毕业生单列。",
    ),
    population=GRADUATES,
    where=(("inside",), ("since_plan",)),
    weight="graduates",
    has_target=True,
    starts_over=True,
    version="2",
)
GRADUATE_LINES = (
    replace(T4, code="T4_ALL", name="历年累计", rule="有填报以来全部毕业生。", part_of="T4",
            where=(("inside",), ("graduated",)), has_target=False),
    replace(T4, code="T4_STAYED", name="其中留黔", rule="自规划期首年起毕业并留黔的。",
            part_of="T4", weight="kept", has_target=False),
    replace(T4, code="T4_OUTSIDE", name="省外院校黔籍毕业生",
            rule="自规划期首年起省外院校毕业的黔籍学生，单列，不计入目标。", part_of="T4",
            where=(("-inside",), ("since_plan",)), has_target=False, version="1"),
)  # fmt: skip

T5 = Indicator(
    code="T5",
    name="支撑平台",
    unit="家",
    clause=GOALS,
    rule="统计日运行、已批复的市级指导中心、县级总站、培训基地和重点实训基地。",
    rulings=(
        "乡镇（街道）站、社工室、观察室、行业自建站和服务点不计。",
        "同一机构在同一地址挂多块牌子的计一家。",
        "没有批复文号、也未经审核确认的列「未核」，批复取当前值；撤并、停摆的不计。",
        "9 个指导中心加 88 个总站为 97 家，达到 100 家至少还需 3 家基地。",
    ),
    population=STATIONS,
    where=(("platform",), ("running",), ("approved",), ("-twin",)),
    has_target=True,
)
PLATFORM_LINES = (
    replace(T5, code="T5_BASE", name="其中基地", rule="培训基地和重点实训基地。", part_of="T5",
            where=(("base",), *T5.where[1:]), has_target=False),
    replace(T5, code="T5_UNVERIFIED", name="未核", rule="统计日运行，但缺批复的平台。",
            part_of="T5", where=(("platform",), ("running",), ("-approved",)), has_target=False),
)  # fmt: skip

T6_BUILT = Indicator(
    code="T6_BUILT",
    name="乡镇（街道）社工站建成率",
    unit="个",
    clause=GOALS,
    rule="有已建成且已批复社工站的乡镇（街道），除以统计日有效的乡镇（街道）数。",
    rulings=(
        "一站联建覆盖几个乡镇的，按列明的乡镇计；一个乡镇有两站的计一个；批复取当前值。",
        "撤并乡镇的覆盖由接续的乡镇继承；开发区、安置区不作分母。",
        "「基本建成」默认为 95%；（七）条要求三至五年力争全覆盖（100%）。",
    ),
    population=TOWNSHIPS,
    where=(("built",),),
    out_of=(),
    has_target=True,
)
T6_ACTIVE = replace(
    T6_BUILT,
    code="T6_ACTIVE",
    name="社工站有效运行率",
    clause=STRONGHOLDS,
    rule="社工站统计日运行、有在岗社工、近 6 个月有服务记录的乡镇（街道）。",
    rulings=(
        "在岗社工不含实习、志愿；服务以月度产出为准。",
        "不看批复：还缺批复的站照样计，所以会多于「建成率」的数，差额见其分项「建成未核」。",
        T6_BUILT.rulings[1],
    ),
    where=(("active",),),
    has_target=False,
)
COVERAGE_LINES = (
    replace(T6_BUILT, code="T6_UNVERIFIED", name="建成未核",
            rule="有已建成的社工站，但都缺批复。", part_of="T6_BUILT",
            where=(("standing",), ("-built",)), has_target=False, better_is_higher=False),
    replace(T6_BUILT, code="T6_MISSING", name="未覆盖", rule="没有已建成的社工站覆盖。",
            part_of="T6_BUILT", where=(("-standing",),), has_target=False,
            better_is_higher=False),
)  # fmt: skip

T7_CENTRE = Indicator(
    code="T7_CENTRE",
    name="一市一中心",
    unit="个",
    clause=STRONGHOLDS,
    rule="有运行中、已批复的市级社工站指导中心的市（州）。",
    population=PREFECTURES,
    where=(("seated",),),
    out_of=(),
    has_target=True,
)
T7_HUB = replace(
    T7_CENTRE,
    code="T7_HUB",
    name="一县一总站",
    rule="有运行中、已批复的县级社工总站的县（市、区、特区）。",
    population=COUNTIES,
)
T7_ROOM = Indicator(
    code="T7_ROOM",
    name="村（社区）社工室",
    unit="个",
    clause=STRONGHOLDS,
    rule="统计日运行的村（社区）社工室；文件为「有条件的」，不设目标。",
    population=STATIONS,
    where=(("room",), ("running",)),
)
T8 = Indicator(
    code="T8",
    name="社工机构",
    unit="家",
    clause="贵州省「十四五」民政事业发展规划",
    rule="统计日未停用的社工机构。",
    rulings=("登记成立日期未采集，往年数按现有机构推算，仅供参考。",),
    population=AGENCIES,
    where=(("operating",),),
    has_target=True,
)

INDICATORS: tuple[Indicator, ...] = (
    T1, *LADDER, *CATEGORIES, T2, *CERTIFIED, T3, *KEY, T4, *GRADUATE_LINES, T5, *PLATFORM_LINES,
    T6_BUILT, T6_ACTIVE, *COVERAGE_LINES, T7_CENTRE, T7_HUB, T7_ROOM, T8,
)  # fmt: skip
BY_CODE: dict[str, Indicator] = {indicator.code: indicator for indicator in INDICATORS}
HEADLINES: tuple[Indicator, ...] = tuple(i for i in INDICATORS if not i.part_of)

# What `manage.py indicators` prints, in order.
FIXED_CODES = (
    "T1", "T1_L0", "T1_L1", "T1_L2", "T1_L3", "T1_L4", "T2", "T3", "T4", "T5", "T6_BUILT",
    "T6_ACTIVE", "T7_CENTRE", "T7_HUB", "T7_ROOM",
)  # fmt: skip


# Sub-lines that are no part of the headline's number: more than it, beside it, or of before.
NOT_WITHIN = frozenset({
    "T1_L0", "T2_OUTSIDE", "T3_DOCUMENT", "T3_INTRODUCED", "T4_ALL", "T4_OUTSIDE", "T5_UNVERIFIED",
})  # fmt: skip


def parts_of(indicator: Indicator) -> list[Indicator]:
    """The sub-lines under a headline."""
    return [i for i in INDICATORS if i.part_of == indicator.code]


def definitions_version() -> str:
    """Changes whenever a definition is added, dropped or given a new version."""
    text = "|".join(f"{i.code}={i.version}" for i in INDICATORS)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def all_figures(day: datetime.date) -> Figures:
    """Every indicator in every region as of a day."""
    return figures_on(day, INDICATORS)
