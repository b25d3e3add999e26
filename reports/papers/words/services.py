"""What stations did, as forms ask for it."""

from __future__ import annotations

from core.papers.figures import Countable, countable
from reports.definitions.populations.services import SERVICES
from reports.papers.words.saying import SEES

# What a service is called -> each of its numbers: the column, the units that tell it from the
# others, its own names.
_GROUPS = "小组 小组服务 小组活动 小组工作"
_ACTIVITIES = "社区活动 社区服务活动 社区工作"
_CASES = "个案 个案服务 个案工作"
_NUMBERS = (
    (_CASES, "cases_new", "个 件", "新开个案 新增个案 个案数 个案总数 开展个案 新增 新开 当年新增"),
    (_CASES, "cases_closed", "个 件", "结案 已结案 结案个案 个案结案 结案数"),
    (_GROUPS, "groups", "个 场 场次 次", "小组数 小组场次 小组个数 开展小组 小组活动场次"),
    (_GROUPS, "group_sessions", "节", "小组节数 小组节次"),
    (_GROUPS, "group_attendance", "人次", "小组人次 小组参与人次 小组服务人次"),
    (_ACTIVITIES, "activities", "个 场 场次 次", "社区活动场次 社区活动次数 开展社区活动"),
    (_ACTIVITIES, "activity_attendance", "人次", "社区活动人次 社区活动参与人次"),
    ("", "visits", "户 户次 次", "探访 走访 走访探访 探访走访 入户走访 入户探访 入户 探访户次"),
    ("", "consultations", "件 次 件次 人次", "政策咨询 咨询转介 政策咨询转介 咨询"),
    ("", "volunteer_hours", "小时",
     "志愿服务时长 志愿服务时间 志愿服务小时 志愿时长 志愿服务小时数"),
    ("", "volunteers", "人次", "志愿者人次 志愿服务人次 参与志愿服务人次 志愿者参与人次"),
    ("", "resources", "元 千元 万元 亿元",
     "链接资源 链接资源折价 资源链接 链接资源金额 资源折价 链接资源价值 整合资源"),
)  # fmt: skip

for _of, _column, _units, _names in _NUMBERS:
    countable(Countable(
        population=SERVICES,
        # In the unit of another number a service is that number.
        nouns=_names if _column.endswith(("closed", "sessions", "attendance"))
              else f"{_of} {_names}",
        conditions=dict.fromkeys(_of.split(), ()),
        vague="新增 新开 当年新增",
        neutral="服务量 服务数 场次 人次 户次 时长 次数 开展",
        base=(("of_year",), (f"told_{_column}",)),
        weight=_column,
        units=_units,
        is_yearly=True,
        permission=SEES,
    ))  # fmt: skip
