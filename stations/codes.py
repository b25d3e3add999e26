"""Code lists of stations and organisations (DOMAIN "Code lists")."""

from django.db import models


class StationKind(models.TextChoices):
    """C-STN. 1, 2, 5 and 6 are 支撑平台 (T5); 3 covers townships (T6)."""

    CENTRE = "1", "市级指导中心"
    HUB = "2", "县级总站"
    TOWNSHIP = "3", "乡镇（街道）社工站"
    ROOM = "4", "村（社区）社工室"
    TRAINING_BASE = "5", "培训基地"
    FIELDWORK_BASE = "6", "重点实训基地"
    OBSERVATORY = "7", "社会工作观察室（实践站）"
    SECTOR = "8", "行业部门自建社工站"
    SERVICE_POINT = "9", "项目服务点"


PLATFORM_KINDS = (
    StationKind.CENTRE,
    StationKind.HUB,
    StationKind.TRAINING_BASE,
    StationKind.FIELDWORK_BASE,
)


class StationStatus(models.TextChoices):
    """C-SST."""

    PREPARING = "1", "筹建"
    BUILT = "2", "已建成未运行"
    RUNNING = "3", "运行"
    STALLED = "4", "停摆"
    CLOSED = "5", "撤并"
    RENAMED = "6", "更名/划转"


# Those that a station may be given; the others come by closing it.
OPEN_STATUSES = (
    StationStatus.PREPARING,
    StationStatus.BUILT,
    StationStatus.RUNNING,
    StationStatus.STALLED,
)
BUILT_STATUSES = (StationStatus.BUILT, StationStatus.RUNNING, StationStatus.STALLED)


class OrganizationKind(models.TextChoices):
    BUREAU = "1", "民政部门"
    SOCIAL_WORK_DEPARTMENT = "2", "社会工作部"
    SECTOR_DEPARTMENT = "3", "行业部门"
    AGENCY = "4", "社工机构"
    UNIVERSITY = "5", "高等院校"
    COMMITTEE = "6", "村（居）委会"
    PUBLIC_INSTITUTION = "7", "事业单位"
    OTHER = "9", "其他"


class System(models.TextChoices):
    """C-SYS, as the ministry's annual tables have them."""

    CIVIL_AFFAIRS = "01", "民政"
    POLICE = "02", "公安（禁毒）"
    JUSTICE = "03", "司法行政"
    RURAL = "04", "乡村振兴"
    UNIONS = "05", "工会"
    YOUTH_LEAGUE = "06", "共青团"
    POLITICS_AND_LAW = "07", "政法（综治）"
    EDUCATION = "08", "教育"
    LABOUR = "09", "人力资源社会保障"
    HEALTH = "10", "卫生健康"
    PETITIONS = "11", "信访"
    WOMEN = "12", "妇联"
    DISABLED = "13", "残联"
    OTHER = "99", "其他"


class RegistrationLevel(models.TextChoices):
    """C-ORL: whose register an organisation stands in."""

    PROVINCE = "1", "省级"
    PREFECTURE = "2", "市（州）级"
    COUNTY = "3", "县级"


class PartyBranch(models.TextChoices):
    OWN = "1", "有"
    JOINT = "2", "联合"
    NONE = "0", "无"


class Rating(models.TextChoices):
    """The grade that an organisation was assessed at."""

    FIVE = "5", "5A"
    FOUR = "4", "4A"
    THREE = "3", "3A"
    TWO = "2", "2A"
    ONE = "1", "1A"
    NONE = "0", "无"


class Held(models.TextChoices):
    """Whether an organisation has a qualification; nothing where nobody has said so."""

    YES = "1", "有"
    NO = "0", "无"


class OperatingModel(models.TextChoices):
    DIRECT = "1", "直接运营"
    PURCHASED = "2", "购买服务"
    JOINT = "3", "联建"
    OTHER = "9", "其他"


class Span(models.TextChoices):
    """How long what a station reports at once was."""

    MONTH = "M", "月"
    QUARTER = "Q", "季度"
