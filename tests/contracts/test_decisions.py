"""Every kind that is asked and granted, walked from the registry: the rules are the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from core.audit.history import acting
from core.decisions.actions import ask, decide
from core.decisions.beside import beside
from core.decisions.kinds import KINDS, waiting_about
from core.decisions.models import State
from core.entities.display import record_url
from core.notices.waiting import WAITING
from core.rules import RuleError
from core.scoping import OutOfScope
from talent.corrections.actions import CORRECTION
from talent.key_talents.actions import CLAIM
from talent.models import (
    Certificate,
    ChangeRequest,
    KeyTalentClaim,
    Person,
    Post,
    TransferRequest,
)
from talent.moves.actions import TRANSFER
from tests.conftest import COUNTY_B, TOWNSHIP_A, Cast
from tests.contracts.policy import policy_of
from tests.rows import DAY, make_name_list, make_person, make_row, make_user
from tests.threads import together

pytestmark = pytest.mark.django_db
THIRD_COUNTY = "522301"


# --- One waiting record of each kind, asked (or written) by a user --------------------------
def _transfer(by: Any) -> TransferRequest:
    request = TransferRequest(
        person=make_person(TOWNSHIP_A), from_region_id=TOWNSHIP_A, to_region_id=COUNTY_B,
        direction="out", reason="调动",
    )  # fmt: skip
    return ask(TRANSFER, request, by=by)


def _correction(by: Any) -> ChangeRequest:
    changes = {"former_name": {"old": "", "new": "王小"}}
    request = ChangeRequest(person=make_person(TOWNSHIP_A), changes=changes, reason="更正")
    return ask(CORRECTION, request, by=by)


def _claim(by: Any) -> KeyTalentClaim:
    person = make_person(TOWNSHIP_A, native_place="520102")
    Certificate.objects.create(person=person, level="2", approved_on=DAY)
    claim = KeyTalentClaim(
        person=person, claim_class="A", qualified_on=DAY, native_basis="1", evidence="证书"
    )
    return ask(CLAIM, claim, by=by)


def _written(entity: str) -> Callable[[Any], Any]:
    def write(by: Any) -> Any:
        with acting(by):
            return make_row(entity, TOWNSHIP_A)

    return write


# Kind -> (its waiting record by whom asks, what else its decision is told).
STAGES: dict[str, tuple[Callable[[Any], Any], dict[str, Any]]] = {
    "transfers": (_transfer, {}),
    "changes": (_correction, {"answers": {"former_name": True}, "notes": None, "seen": None}),
    "claims": (_claim, {}),
    "name-lists": (lambda by: make_name_list(TOWNSHIP_A, by), {}),
    "unapproved": (_written("station"), {"reason": "现场核查"}),
    "certificates": (
        _written("certificate"),
        {"verification": "3", "means": "原件", "verified_on": None},
    ),
}  # fmt: skip
# Deciding one of these again is another decision.
REPEATABLE = {"certificates"}
REFUSABLE = [code for code, kind in KINDS.items() if kind.is_request]
ONCE = [code for code in KINDS if code not in REPEATABLE]


def decider(code: str, cast: Cast) -> Any:
    return cast.reviewer_b if code == "transfers" else cast.prefecture


def grant(code: str, record: Any, by: Any) -> Any:
    return decide(KINDS[code], record, by=by, **STAGES[code][1])


def refuse(code: str, record: Any, by: Any, reason: str) -> Any:
    answers = dict(STAGES[code][1])
    if "answers" in answers:
        answers["answers"] = dict.fromkeys(answers["answers"], False)
    return decide(KINDS[code], record, by=by, state=State.REFUSED, reason=reason, **answers)


def about(code: str, record: Any) -> Any:
    """Whom a request is about; of one about several, the request's own area."""
    return getattr(record, KINDS[code].about or "region")


def fingerprint(record: Any) -> dict[str, Any]:
    return dict(type(record).objects.filter(pk=record.pk).values().get())


def test_every_kind_is_walked() -> None:
    assert set(STAGES) == set(KINDS)


@pytest.mark.parametrize("code", sorted(KINDS))
def test_nobody_decides_what_the_own_hand_asked(code: str, cast: Cast) -> None:
    record = STAGES[code][0](cast.reviewer_a)
    before = fingerprint(record)
    with pytest.raises(RuleError) as refused:
        grant(code, record, cast.reviewer_a)
    assert refused.value.rule == "OWN"
    if code in REFUSABLE:
        with pytest.raises(RuleError, match="自己"):
            refuse(code, record, cast.reviewer_a, "不行")
    assert fingerprint(record) == before
    grant(code, record, decider(code, cast))
    assert fingerprint(record) != before


@pytest.mark.parametrize("code", REFUSABLE)
def test_an_answer_leads_back_to_the_list_that_one_came_from(
    code: str, cast: Cast, client_of: Any
) -> None:
    client = client_of(decider(code, cast))
    address = reverse(f"{KINDS[code].model._meta.model_name}_list")
    own = "http://testserver"
    for came, goes in (
        (f"{own}{address}?state=1&region=52", f"{address}?state=1&region=52"),
        (f"{own}{address}", address),
        # From a message or from the person's own page: what waits, the next one first.
        (f"{own}/people/?state=1", f"{address}{KINDS[code].listed}"),
        (f"http://elsewhere{address}?state=1", f"{address}{KINDS[code].listed}"),
        ("http://[", f"{address}{KINDS[code].listed}"),
    ):
        with acting(cast.clerk_a):
            record = STAGES[code][0](cast.clerk_a)
        page = record_url(record)
        form = client.get(page, headers={"Referer": came})
        sent = {"verb": "refuse", "reason": "不行", "version": record.version}
        sent |= {"back": form.context["back"], "answer_former_name": "refused"}
        refused = client.post(page, sent | {"reason": ""})
        assert refused.context["back"] == form.context["back"]
        answer = client.post(page, sent)
        assert answer.status_code == 302, answer.context["form"].errors
        assert answer.headers["Location"] == goes


@pytest.mark.parametrize("code", sorted(KINDS))
def test_who_may_not_and_who_is_elsewhere(code: str, cast: Cast) -> None:
    record = STAGES[code][0](cast.clerk_a)
    before = fingerprint(record)
    for part in ("clerk_a", "viewer_a", "worker_a", "security", "auditor", "system"):
        with pytest.raises(PermissionDenied):
            grant(code, record, getattr(cast, part))
    third = make_user(THIRD_COUNTY, "reviewer")
    with pytest.raises(OutOfScope):
        grant(code, record, third)
    assert fingerprint(record) == before


def test_the_side_that_asked_does_not_decide(cast: Cast) -> None:
    """In scope and not the asker, and yet: the other county is asked."""
    record = _transfer(cast.clerk_a)
    with pytest.raises(OutOfScope, match="对方"):
        grant("transfers", record, cast.reviewer_a)


@pytest.mark.parametrize("code", sorted(ONCE))
def test_what_is_decided_is_not_decided_again(code: str, cast: Cast) -> None:
    record = STAGES[code][0](cast.clerk_a)
    grant(code, record, decider(code, cast))
    before = fingerprint(record)
    with pytest.raises(RuleError):
        grant(code, record, cast.province)
    assert fingerprint(record) == before


@pytest.mark.parametrize("code", sorted(REFUSABLE))
def test_a_refusal_says_why_and_does_nothing(code: str, cast: Cast) -> None:
    record = STAGES[code][0](cast.clerk_a)
    by, before = decider(code, cast), fingerprint(about(code, record))
    for empty in ("", "  "):
        with pytest.raises(RuleError) as refused:
            refuse(code, record, by, empty)
        assert refused.value.rule == "REASON"
    refuse(code, record, by, "材料不全")
    record.refresh_from_db()
    assert (record.state, record.decided_by) == (State.REFUSED, by)
    assert "材料不全" in record.decision_reason
    assert record.decided_at is not None
    assert fingerprint(about(code, record)) == before


@pytest.mark.parametrize("code", sorted(REFUSABLE))
def test_who_decided_is_kept_and_is_never_who_asked(code: str, cast: Cast) -> None:
    record = STAGES[code][0](cast.clerk_a)
    asked_on = timezone.localdate(record.created_at)
    assert record.due_on == KINDS[code].due_from(asked_on) or not KINDS[code].days
    by = decider(code, cast)
    grant(code, record, by)
    record.refresh_from_db()
    assert (record.state, record.requested_by, record.decided_by) == (
        State.GRANTED, cast.clerk_a, by,
    )  # fmt: skip


@pytest.mark.parametrize("code", sorted(KINDS))
def test_the_workbench_counts_what_its_list_shows(
    code: str, cast: Cast, client_of: Callable[[Any], Any]
) -> None:
    """One entry a kind, made of the declaration; one's own and other sides' do not wait."""
    kind = KINDS[code]
    by = decider(code, cast)
    waits = STAGES[code][0](cast.clerk_a)
    if code in REFUSABLE:
        if KINDS[code].about:
            Person.objects.filter(pk=waits.person_id).update(name="欧阳等待")
        own = STAGES[code][0](by)
        assert not kind.may_decide(own, by)
    assert kind.may_decide(waits, by)
    assert kind.to_decide_by(by).get() == waits
    entry = WAITING[code]
    assert entry.permission == (kind.watched_by or kind.permission)
    assert entry.count(by) == 1
    page = client_of(by).get(entry.address)
    assert page.context["count"] == 1
    assert str(waits.pk) in page.text
    assert page.context["not_understood"] == []
    grant(code, waits, by)
    assert entry.count(by) == 0


@pytest.mark.parametrize("code", sorted(KINDS))
def test_a_kind_has_a_list_with_a_door_for_many(code: str) -> None:
    """Its queue is an entity's list, and what is decided can be decided for several at once."""
    name = KINDS[code].model._meta.model_name
    assert reverse(f"{name}_list")
    assert policy_of(f"{name}_bulk").needs == KINDS[code].permission  # type: ignore[union-attr]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("code", sorted(ONCE))
def test_two_who_decide_at_once(code: str, cast: Cast) -> None:
    """One is the first; the other learns that it is done."""
    record = STAGES[code][0](cast.clerk_a)
    first, second = decider(code, cast), cast.province
    answers = together(lambda: grant(code, record, first), lambda: grant(code, record, second))
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refused) == 1, answers
    assert isinstance(refused[0], RuleError)
    record.refresh_from_db()
    assert record.version == 2


def test_an_answer_is_no_other_verb(cast: Cast, client_of: Any) -> None:
    """The page of a request takes answers alone; what else is done with it asks in its dialog."""
    claim = _claim(cast.clerk_a)
    url = reverse("keytalentclaim_detail", args=[claim.pk])
    for verb in ("deactivate", "nothing", ""):
        said = {"verb": verb, "reason": "试", "why": "mistake"}
        assert client_of(cast.reviewer_a).post(url, said).status_code == 404
    claim.refresh_from_db()
    assert (claim.state, claim.ended_on) == (State.PENDING, None)


def test_what_waits_about_a_record_is_told_to_who_may_see_it(cast: Cast) -> None:
    request = _claim(cast.clerk_a)
    assert [task["row"] for task in waiting_about(request.person, cast.reviewer_a)] == [request]
    assert waiting_about(request.person, cast.auditor) == []
    assert waiting_about(make_row("station", TOWNSHIP_A), cast.reviewer_a) == []


def test_beside_a_request_a_truth_stands_by_its_name(cast: Cast) -> None:
    request = _transfer(cast.clerk_a)
    station = make_row("station", TOWNSHIP_A)
    for is_primary, kind in ((True, "1"), (False, "2")):
        Post.objects.create(
            person=request.person, station=station, region_id=TOWNSHIP_A, kind=kind,
            started_on=DAY, is_primary=is_primary,
        )  # fmt: skip
    known = beside(request.person, cast.reviewer_a)
    assert known is not None
    posts = next(one["rows"] for one in known["lists"] if one["title"] == "任职")
    assert ["主岗" in row["words"] for row in posts].count(True) == 1
    assert not [row for row in posts if "False" in row["words"] or "True" in row["words"]]


def test_nobody_approves_what_was_not_shown(cast: Cast, client_of: Any) -> None:
    """The claim was changed while the reviewer read it: she is shown what it says now."""
    claim = _claim(cast.clerk_a)
    client, url = client_of(cast.prefecture), reverse("keytalentclaim_detail", args=[claim.pk])
    shown = re.search(r'name="version" value="([0-9]+)"', client.get(url).text)
    assert shown is not None
    KeyTalentClaim.objects.filter(pk=claim.pk).update(
        evidence="完全不同的证明", version=claim.version + 1
    )
    answer = {"verb": "accept", "version": shown[1]}
    refused = client.post(url, answer)
    assert refused.status_code == 422
    assert "刚被修改过" in refused.text
    assert "完全不同的证明" in refused.text
    claim.refresh_from_db()
    assert claim.state == State.PENDING
    assert client.post(url, answer | {"version": str(claim.version)}).status_code == 302
