"""The demo accounts, one a role. They exist only where demo data was asked for."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from core.accounts.privacy import NOTICE_VERSION
from core.accounts.roles import Role
from core.models import User


@dataclass(frozen=True)
class DemoAccount:
    username: str
    display_name: str
    role: Role
    region: str | None
    description: str


ACCOUNTS = (
    DemoAccount("sheng", "陈立新", Role.REVIEWER, "52", "省级审核员"),
    DemoAccount("guiyang", "刘贵华", Role.REVIEWER, "5201", "市级审核员（贵阳市）"),
    DemoAccount("nanming", "王小南", Role.CLERK, "520102", "县级录入员（南明区）"),
    DemoAccount("nanming2", "李明慧", Role.REVIEWER, "520102", "县级审核员（南明区）"),
    DemoAccount("huaxi", "吴晓溪", Role.CLERK, "520111", "县级录入员（花溪区）"),
    DemoAccount("xingyi", "岑兴义", Role.CLERK, "522301", "县级录入员（兴义市）"),
    DemoAccount("xinhua", "杨新华", Role.CLERK, "520102016", "乡镇录入员（新华路街道）"),
    DemoAccount("lingdao", "赵建国", Role.VIEWER, "52", "省级领导（只看）"),
    DemoAccount("shegong", "罗晓敏", Role.WORKER, None, "社会工作者（南明区）"),
    DemoAccount("xitong", "周维系", Role.SYSTEM_ADMIN, "52", "系统管理员"),
    DemoAccount("anquan", "孙安权", Role.SECURITY_ADMIN, "52", "安全管理员"),
    DemoAccount("shenji", "郑审计", Role.AUDITOR, "52", "审计员"),
)


def create_accounts(password: str) -> list[User]:
    """Create (or reset the password of) every demo account."""
    users = []
    for account in ACCOUNTS:
        user = User.objects.filter(username=account.username).first() or User(
            username=account.username
        )
        user.display_name = account.display_name
        user.role = account.role
        user.region_id = None if account.region is None else _in_this_province(account.region)
        # Set by whoever asked for demo data, so it is neither judged nor asked to be changed.
        user.set_password(password)
        user.password_changed_at = user.notice_at = timezone.now()
        user.notice_version = NOTICE_VERSION
        user.save()
        users.append(user)
    return users


def _in_this_province(code: str) -> str:
    return settings.PROVINCE_CODE + code.removeprefix("52")
