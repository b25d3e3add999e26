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


class OperatingModel(models.TextChoices):
    DIRECT = "1", "直接运营"
    PURCHASED = "2", "购买服务"
    JOINT = "3", "联建"
    OTHER = "9", "其他"
