"""A list is verified as a whole: all its certificates at once, never by who brought it in."""

from __future__ import annotations

from typing import Any

from core.audit.history import last_writer
from core.dates import today
from core.decisions import actions as decisions
from core.decisions.kinds import DecisionKind
from core.decisions.models import State
from core.models import User
from talent.codes import Verification
from talent.credentials.actions import VERIFIED_COLUMNS, verify_all
from talent.credentials.models import Certificate
from talent.name_lists.models import NameList


def request_verification(batch: Any, keys: Any) -> None:
    """Ask for the verification of what a list has brought in or confirmed, in the name of who sent
    it up; by the job that wrote it, in its transaction."""
    found = Certificate.objects.filter(
        pk__in=list(keys), ended_on=None, verification__lt=Verification.DOCUMENT
    ).order_by("pk")
    said = [as_said(certificate) for certificate in found.iterator(chunk_size=2000)]
    if not said:
        return
    name = batch.file_name.rsplit(".", 1)[0][:120]
    request = NameList(
        region_id=batch.region_id, name=name, batch=batch.pk, said=said, count=len(said)
    )
    decisions.ask(NAME_LIST, request, by=batch.by)


def withdraw_request(batch: Any) -> None:
    """A list that is taken back is verified by nobody."""
    NameList.objects.pending().filter(batch=batch.pk).withdraw("名单的导入已撤销")


def as_said(certificate: Certificate) -> dict[str, str]:
    """What a list says of a certificate, which its verification vouches for."""
    day = certificate.approved_on
    return {
        "id": str(certificate.pk),
        "level": certificate.level,
        "number": certificate.number,
        "approved_on": day.isoformat() if day else "",
    }


def still_said(request: NameList, by: User) -> list[Certificate]:
    """The certificates of a list that nobody has changed, ended or verified since, locked; those
    of people who have gone elsewhere are no longer this user's to verify."""
    said = {one["id"]: one for one in request.said}
    rows = (
        Certificate.objects.for_user(by)
        .filter(pk__in=list(said), ended_on=None, verification__lt=Verification.DOCUMENT)
        .order_by("pk")
    )
    return [
        one for one in rows.select_for_update(of=("self",)) if as_said(one) == said[str(one.pk)]
    ]


def _grant(request: NameList, *, by: User, reason: str) -> None:
    """Verify what the list says; what the deciding hand wrote itself stays as it is."""
    found = still_said(request, by)
    foreign = [one for one in found if not _is_own(one, by)]
    verify_all(
        foreign, verification=Verification.DOCUMENT, means=f"名单：{request.name}"[:40], on=today()
    )
    own, changed = len(found) - len(foreign), len(request.said) - len(found)
    request.outcome = f"{len(foreign)} 本证书已为凭证核验。"
    if own:
        request.outcome += f"{own} 本是核验人自己录入或修改的，没有核验。"
    if changed:
        request.outcome += f"{changed} 本在名单之后改过、停用、转走或已核验，没有核验。"
    request.save(update_fields=["outcome"])


def _is_own(certificate: Certificate, by: User) -> bool:
    return last_writer(certificate, *VERIFIED_COLUMNS) == str(by.pk)


def _effect(request: NameList) -> str:
    return f"名单上的 {request.count} 本证书成为「凭证核验」。"


def _message(request: NameList) -> dict[str, Any]:
    why = f"：{request.decision_reason}" if request.decision_reason else ""
    return {"text": f"名单核验{request.get_state_display()}{why}", "subject": request.name}


NAME_LIST = DecisionKind(
    code="name-lists",
    model=NameList,
    permission="talent.verify_certificate",
    grant=_grant,
    effect=_effect,
    message=_message,
    # Nor who confirmed what somebody else had sent up.
    vouched=("said",),
    about="",
    noun="名单",
    own="这份名单是您自己导入的，请由另一位审核员核验。",
    why="请写明不同意的理由，导入人可以看到。",
    waiting="待核验的名单",
    hint="按名单一次核验其中的证书",
    told="有结果的名单核验",
    told_hint="近 15 天的核验结果",
)


def verify_list(*, name_list: NameList, by: User, reason: str = "") -> str:
    """All certificates of a list become 凭证核验."""
    decided = decisions.decide(NAME_LIST, name_list, by=by, reason=reason)
    return f"已核验「{decided.name}」：{decided.outcome}"


def refuse_list(*, name_list: NameList, by: User, reason: str) -> str:
    """The certificates stay as they are."""
    decisions.decide(NAME_LIST, name_list, by=by, state=State.REFUSED, reason=reason)
    return f"没有核验「{name_list.name}」，其中的证书保持原样。"
