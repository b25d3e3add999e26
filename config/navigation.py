"""The left navigation: what exists, in the order of use. One line an entry."""

from core.entities.navigation import Entry, Group

NAVIGATION = (
    Group("", (
        Entry("工作台", "home", "home"),
        Entry("看板", "dashboard", "chart-bar", ("reports.view_dashboard",)),
    )),
    Group("人才", (
        Entry("人员", "person_list", "users", ("talent.view_person",)),
        Entry("证书", "certificate_list", "certificate", ("talent.view_certificate",),
              also=("/educations/", "/titles/")),
        Entry("登记", "registrationperiod_list", "clipboard-check",
              ("talent.view_registrationperiod",)),
        Entry("重点人才", "keytalentclaim_list", "award", ("talent.view_keytalentclaim",)),
        Entry("毕业生", "graduatestat_list", "school", ("talent.view_graduatestat",)),
        Entry("转入转出", "transferrequest_list", "arrows-exchange",
              ("talent.view_transferrequest",)),
        Entry("变更申请", "changerequest_list", "inbox", ("talent.view_changerequest",)),
    )),
    Group("阵地", (
        Entry("站点", "station_list", "building-community", ("stations.view_station",),
              also=("/station-months/",)),
        Entry("机构", "organization_list", "building", ("stations.view_organization",)),
        Entry("岗位", "post_list", "briefcase", ("talent.view_post",)),
    )),
    Group("项目", (
        Entry("项目", "project_list", "folder", ("projects.view_project",),
              also=("/payments/", "/milestones/")),
    )),
    Group("数据", (
        Entry("报表", "report_list", "report", ("reports.view_dashboard",)),
        Entry("目标", "target_list", "star", ("reports.view_dashboard",)),
        Entry("导入导出", "import_list", "upload", ("core.import_ledger",), also=("/exports/",)),
    )),
    Group("本人", (
        Entry("我的档案", "me", "user-circle", ("talent.view_own_record",)),
    )),
    Group("系统", (
        Entry("账号", "account_list", "key", ("core.manage_accounts",)),
        Entry("运行状况", "system_status", "database", ("core.view_system",)),
        Entry("安全日志", "security_log", "shield", ("core.view_security_log",)),
        Entry("查阅记录", "read_log", "eye", ("core.view_read_log",)),
    )),
)  # fmt: skip
