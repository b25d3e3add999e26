"""The left navigation, in the order of use: entities by the name of their model, and pages."""

from core.entities.navigation import Entry, Group

NAVIGATION = (
    Group("", (
        Entry("工作台", "home", "home"),
        "notice",
        Entry("看板", "dashboard", "chart-bar", ("reports.view_dashboard",)),
    )),
    Group("人才", (
        "person", "certificate", "registrationperiod", "keytalentclaim", "graduatestat",
        "transferrequest", "changerequest",
    )),
    Group("阵地", ("station", "organization", "post", "roster")),
    Group("项目", ("project",)),
    Group("数据", (
        Entry("报表", "report_list", "report", ("reports.view_dashboard",)),
        Entry("目标", "target_list", "star", ("reports.view_dashboard",)),
        "import",
        Entry("填表", "paper_list", "file-spreadsheet", ("core.export",)),
    )),
    Group("本人", (
        Entry("我的档案", "me", "user-circle", ("talent.view_own_record",)),
    )),
    Group("系统", (
        "account",
        Entry("运行状况", "system_status", "database", ("core.view_system",)),
        "security_event",
        "read_event",
    )),
)  # fmt: skip
