"""The left navigation, in the order of use: entities by the name of their model, and pages."""

from core.entities.navigation import Entry, Group

NAVIGATION = (
    Group("", (
        Entry("工作台", "home", "home"),
        Entry("看板", "dashboard", "chart-bar", ("reports.view_dashboard",)),
    )),
    Group("人才", (
        "person", "certificate", "registrationperiod", "keytalentclaim", "graduatestat",
        Entry("转入转出", "transferrequest_list", "arrows-exchange",
              ("talent.view_transferrequest",)),
        Entry("变更申请", "changerequest_list", "inbox", ("talent.view_changerequest",)),
    )),
    Group("阵地", ("station", "organization", "post")),
    Group("项目", ("project",)),
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
