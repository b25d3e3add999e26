"""Role -> what of which record. A change of rights is a release, seen and tested.

*What* a user may do comes from the role, *which* records from the user's region
(core.scoping). The level of a clerk (province, prefecture, county, township) is the level
of the region, not another role.
"""

from core.accounts.roles import Role, RoleCard

RECORDS = (
    "talent.person",
    "talent.certificate",
    "talent.registrationperiod",
    "talent.education",
    "talent.title",
    "talent.post",
    "talent.keytalentclaim",
    "talent.graduatestat",
    "talent.roster",
    "talent.rosterline",
    "talent.rosterarrival",
    "stations.organization",
    "stations.station",
    "stations.stationmonthly",
    "stations.stationtarget",
    "projects.project",
    "projects.funding",
    "projects.milestone",
    "projects.payment",
)


def _each(*verbs: str) -> frozenset[str]:
    """The permissions of these verbs on every kind of record."""
    records = (record.split(".") for record in RECORDS)
    return frozenset(f"{app}.{verb}_{model}" for app, model in records for verb in verbs)


def _requests(verb: str) -> frozenset[str]:
    """What is asked and granted is no record that anybody edits."""
    asked = ("transferrequest", "changerequest", "namelist")
    return frozenset(f"talent.{verb}_{model}" for model in asked)


# What is addressed to oneself or to one's office.
_EVERYBODY = frozenset({"core.view_notice"})
_VIEW = _EVERYBODY | _each("view") | _requests("view")
# Whoever takes files out sees which ones.
_EXPORT = _each("export") | _requests("export") | {"core.export"}
_DASHBOARD = frozenset({"reports.view_dashboard", "reports.view_indicator_list"})
_CLERK = (
    _VIEW
    | _DASHBOARD
    | _each("add", "change", "end")
    | _EXPORT
    | {
        "core.import_ledger",
        "talent.reveal_person",
        "talent.transfer_person",
        "talent.activate_person",
        "stations.close_station",
    }
)
_REVIEWER = _CLERK | {
    "talent.review_changerequest",
    "talent.review_keytalentclaim",
    "talent.verify_certificate",
    "talent.decide_transferrequest",
    "talent.decide_postconflict",
    "talent.merge_person",
    "stations.approve_station",
    "reports.change_target",
    "core.manage_accounts",
    "core.move_region",
    "core.adopt_word",
}

ROLES = (
    RoleCard(
        Role.CLERK,
        "录入、修改、导入本辖区的人员、证书、站点、机构、项目；办理转入转出、离岗、停用等。",
        _CLERK,
        has_records=True,
    ),
    RoleCard(
        Role.REVIEWER,
        "具有录入员的全部权限；审核本辖区的变更申请、重点人才、证书核验、站点批复；合并重复档案，处理跨县任职；"
        "管理本辖区账号。省级的还可以把各单位对台账用词的答复采用到全省。不能审核自己提交的事项。",
        _REVIEWER,
        has_records=True,
    ),
    RoleCard(
        Role.VIEWER,
        "查看本辖区看板和名单（号码隐去），不能修改。",
        _VIEW | _DASHBOARD | _EXPORT,
        has_records=True,
    ),
    RoleCard(
        Role.WORKER,
        "查看本人档案和计入情况，直接修改联系方式，其他信息提交变更申请。",
        _EVERYBODY | {"talent.view_own_record"},
        label="社会工作者",
    ),
    RoleCard(
        Role.SYSTEM_ADMIN,
        "查看系统运行状况和后台任务，不能查看人员数据。",
        _EVERYBODY | {"core.view_system"},
    ),
    RoleCard(
        Role.SECURITY_ADMIN,
        "在本辖区内开设、调整、重置、停用账号，不能查看人员数据。",
        _EVERYBODY | {"core.manage_accounts", "core.view_security_log"},
    ),
    RoleCard(
        Role.AUDITOR,
        "查看操作日志和查阅记录，不能修改任何数据。",
        _EVERYBODY | {"core.view_security_log", "core.view_read_log", "core.view_history"},
    ),
)
