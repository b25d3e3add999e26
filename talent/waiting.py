"""What of people waits: for a user on the workbench, of one person on her record."""

from __future__ import annotations

from typing import Any

from core.dates import today
from core.decisions.kinds import waiting_about
from core.entities.display import record_url
from core.notices.waiting import Waiting, is_county_or_below, register_waiting
from talent.credentials.models import Certificate, RegistrationPeriod
from talent.people.filters import MISSING
from talent.people.models import Person
from talent.posts.models import Post
from talent.rosters.models import RosterArrival

register_waiting(
    Waiting(
        code="post-conflicts",
        label="跨县全职任职冲突",
        hint="同一人在两个县有全职岗位，一方离岗或改为兼职",
        permission="talent.decide_postconflict",
        count=lambda user: Post.objects.for_user(user).in_conflict().count(),
        url="post_list",
        query="?conflict=1",
        is_decision=True,
        applies=is_county_or_below,
    )
)
register_waiting(
    Waiting(
        code="registrations",
        label="登记 90 天内到期",
        hint="到期前 3 个月可以办理再登记",
        permission="talent.change_registrationperiod",
        count=lambda user: RegistrationPeriod.objects.for_user(user).due(today(), days=90).count(),
        url="registrationperiod_list",
        query="?due=90",
        applies=is_county_or_below,
    )
)
register_waiting(
    Waiting(
        code="undated-certificates",
        label="证书日期不详",
        hint="补上批准日期之前不计入持证",
        permission="talent.change_certificate",
        count=lambda user: Certificate.objects.for_user(user).undated().count(),
        url="certificate_list",
        query="?todo=undated",
        applies=is_county_or_below,
    )
)
register_waiting(
    Waiting(
        code="roster-arrivals",
        label="新到人员待登记",
        hint="用人单位在确认单上写的新增，登记或写明不登记的原因",
        permission="talent.change_rosterarrival",
        count=lambda user: RosterArrival.objects.for_user(user).waiting().count(),
        url="rosterarrival_list",
        query="?state=todo",
        applies=is_county_or_below,
    )
)
register_waiting(
    Waiting(
        code="no-phone",
        label="人员缺联系电话",
        permission="talent.change_person",
        count=lambda user: Person.objects.for_user(user).filter(MISSING["phone"]).count(),
        url="person_list",
        query="?missing=phone",
        applies=is_county_or_below,
    )
)
register_waiting(
    Waiting(
        code="no-post",
        label="人员没有任职",
        permission="talent.change_person",
        count=lambda user: Person.objects.for_user(user).filter(MISSING["post"]).count(),
        url="person_list",
        query="?missing=post",
        applies=is_county_or_below,
    )
)


def waiting_of(person: Person, user: Any) -> list[dict[str, Any]]:
    """What of one person waits for a decision: words, since when, and the page of it."""
    found = waiting_about(person, user)
    if user.has_perm("talent.view_post"):
        conflicts = Post.objects.for_user(user).in_conflict().filter(person=person)
        found += [
            {"label": "跨县全职任职冲突", "since": post.created_at, "row": post}
            for post in conflicts
        ]
    return [task | {"url": record_url(task["row"])} for task in found]
