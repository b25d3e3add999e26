"""The left navigation: what exists, who sees it. One line an entry.

An entry appears when the role has one of its permissions and its page exists. Colleagues
add a line here and nothing else.
"""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Entry:
    """A link: any one of `permissions` is enough, none means every signed-in user."""

    label: str
    url_name: str
    icon: str
    permissions: tuple[str, ...] = ()
    # Path prefixes, besides its own address, under which the entry is the current one.
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    label: str
    entries: tuple[Entry, ...]


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


def navigation_for(user: Any, path: str) -> list[dict[str, Any]]:
    """Groups of links the user may use; the one the path lies under is `current`."""
    groups = []
    for group in NAVIGATION:
        links = [link for entry in group.entries if (link := _link(entry, user))]
        if links:
            groups.append({"label": group.label, "links": links})
    links = [link for group in groups for link in group["links"]]
    under = [link for link in links if any(path.startswith(p) for p in link["prefixes"])]
    if under:
        max(under, key=lambda link: len(link["url"]))["current"] = True
    return groups


def _link(entry: Entry, user: Any) -> dict[str, Any] | None:
    if entry.permissions and not any(user.has_perm(p) for p in entry.permissions):
        return None
    try:
        url = reverse(entry.url_name)
    except NoReverseMatch:
        return None
    # The workbench is "/", under which everything lies: it is current only on itself.
    prefixes = (url, *entry.also) if url != "/" else ()
    return {"label": entry.label, "icon": entry.icon, "url": url, "prefixes": prefixes}
