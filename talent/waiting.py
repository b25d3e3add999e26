"""What of people waits: for a user on the workbench, of one person on her record."""

from __future__ import annotations

from typing import Any

from core.dates import today
from core.entities.display import record_url
from core.notices.waiting import Waiting, is_county_or_below, register_waiting
from talent.codes import ClaimState, RequestState
from talent.corrections.models import ChangeRequest
from talent.credentials.entity import TO_VERIFY
from talent.credentials.models import Certificate, RegistrationPeriod
from talent.key_talents.entity import to_decide
from talent.key_talents.models import KeyTalentClaim
from talent.moves.models import TransferRequest
from talent.people.filters import MISSING
from talent.people.models import Person
from talent.posts.models import Post

register_waiting(
    Waiting(
        code="transfers",
        label="待处理的转入转出申请",
        hint="15 天内不处理将自动同意",
        permission="talent.decide_transferrequest",
        count=lambda user: TransferRequest.objects.to_decide_by(user).count(),
        url="transferrequest_list",
        query="?state=todo",
        is_decision=True,
    )
)
register_waiting(
    Waiting(
        code="transfers-settled",
        label="有结果的转入转出",
        hint="近 15 天对方已处理，或到期自动同意",
        permission="talent.view_transferrequest",
        count=lambda user: TransferRequest.objects.settled_for(user).count(),
        url="transferrequest_list",
        query="?state=settled",
        applies=is_county_or_below,
    )
)
register_waiting(
    Waiting(
        code="changes",
        label="待审核的变更申请",
        hint="社会工作者申请更正自己的档案",
        permission="talent.review_changerequest",
        count=lambda user: (
            ChangeRequest.objects.for_user(user).filter(state=RequestState.PENDING).count()
        ),
        url="changerequest_list",
        query="?state=1",
        is_decision=True,
    )
)
register_waiting(
    Waiting(
        code="claims",
        label="待认定的重点人才",
        hint="自己申报的由别人认定",
        permission="talent.review_keytalentclaim",
        count=lambda user: KeyTalentClaim.objects.for_user(user).filter(to_decide(user)).count(),
        url="keytalentclaim_list",
        query="?todo=decide",
        is_decision=True,
    )
)
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
        code="certificates",
        label="证书未达县级核验",
        hint="自填和单位确认的证书，核验后更可靠",
        permission="talent.verify_certificate",
        count=lambda user: Certificate.objects.for_user(user).filter(TO_VERIFY).count(),
        url="certificate_list",
        query="?todo=verify",
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
    pending = (
        ("transferrequest", "转入转出待处理", TransferRequest.objects.for_user(user).pending()),
        ("changerequest", "变更申请待审核",
         ChangeRequest.objects.for_user(user).filter(state=RequestState.PENDING)),
        ("keytalentclaim", "重点人才待认定",
         KeyTalentClaim.objects.for_user(user).filter(state=ClaimState.PENDING, ended_on=None)),
        ("post", "跨县全职任职冲突", Post.objects.for_user(user).in_conflict()),
    )  # fmt: skip
    return [
        {"label": label, "since": row.created_at, "url": record_url(row)}
        for entity, label, rows in pending
        if user.has_perm(f"talent.view_{entity}")
        for row in rows.filter(person=person)
    ]
