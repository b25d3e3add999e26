"""R22: an ID number typed into a free text is kept by none of its doors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from core.audit.history import acting
from core.ledgers import actions as imports
from core.models import ImportBatch, ReadEvent, SecurityEvent
from core.rules import RuleError
from core.secrecy.identity import refuse_id_number, without_id_numbers
from talent import actions
from talent.models import ChangeRequest, KeyTalentClaim, Person, PersonState
from talent.people.rules import check_free_text
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.imports.ledgers import check, people, person
from tests.rows import id_number, make_person, make_row

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Any], Any]
NUMBER = id_number()
TYPED = f"身份证 {NUMBER[:6]} {NUMBER[6:]} 有误"
KEPT = f"身份证 52{'*' * 16} 有误"


@pytest.fixture
def own(cast: Cast) -> Person:
    found = make_person(TOWNSHIP_A, "王小明", phone="13800001111")
    Person.objects.filter(pk=found.pk).update(user=cast.worker_a)
    found.refresh_from_db()
    return found


@pytest.mark.parametrize(
    "text", ["{} 13885112345", "0851-85512345 {}", "{}-{}", "2021-03 {}", "138851123456 {}"]
)
def test_a_number_beside_another_one(text: str) -> None:
    typed = text.format(NUMBER, NUMBER)
    assert without_id_numbers(typed) == typed.replace(NUMBER, f"52{'*' * 16}")
    assert [flag.rule for flag in check_free_text(typed)] == ["R22"]
    with pytest.raises(RuleError, match="原样显示"):
        refuse_id_number(typed)


def test_whoever_acts_with_a_reason(cast: Cast, own: Person) -> None:
    with acting(cast.clerk_a, reason=TYPED):
        Person.objects.filter(pk=own.pk).update(remark="x")
    with connection.cursor() as cursor:
        cursor.execute("SELECT metadata->>'reason' FROM pghistory_context")
        assert KEPT in {row[0] for row in cursor.fetchall()}


def test_read_events_and_exports(cast: Cast, own: Person, client_of: ClientOf) -> None:
    ReadEvent.record(user=cast.clerk_a, kind="list", people=[own.pk], reason=TYPED)
    response = client_of(cast.reviewer_a).post("/people/export/", {"reason": TYPED})
    b"".join(response.streaming_content)
    assert set(ReadEvent.objects.values_list("reason", flat=True)) == {KEPT}


def test_change_requests_of_the_api(cast: Cast, own: Person, client_of: ClientOf) -> None:
    body = {"changes": {"former_name": "钱八"}, "reason": TYPED}
    client = client_of(cast.worker_a)
    answer = client.post("/api/v1/change-requests/", body, content_type="application/json")
    assert answer.status_code == 201
    assert ChangeRequest.objects.get().reason == KEPT


def test_address(cast: Cast, own: Person) -> None:
    actions.update_contact(by=cast.worker_a, phone="13800001111", address=TYPED)
    own.refresh_from_db()
    assert own.address == KEPT


def test_proof_of_a_death(cast: Cast, own: Person, client_of: ClientOf) -> None:
    data = {"version": str(own.version), "died_on": "2025-05-01", "proof": TYPED, "reason": TYPED}
    assert client_of(cast.clerk_a).post(f"/people/{own.pk}/death/", data).status_code == 302
    state = PersonState.objects.get(person=own, proof__gt="")
    assert (state.proof, state.reason) == (KEPT, KEPT)


def test_evidence_of_a_claim(cast: Cast, client_of: ClientOf) -> None:
    claim = make_row("keytalentclaim", COUNTY_A)
    url = reverse("keytalentclaim_edit", args=[claim.pk])
    data = {
        "version": str(claim.version),
        "claim_class": claim.claim_class,
        "qualified_on": claim.qualified_on.isoformat(),
        "native_basis": claim.native_basis,
        "origin": claim.origin,
        "evidence": TYPED,
        "reason": "证书正在补登",
    }
    assert client_of(cast.clerk_a).post(url, data).status_code == 302
    assert KeyTalentClaim.objects.get(pk=claim.pk).evidence == KEPT


def test_reason_of_an_account(cast: Cast, client_of: ClientOf) -> None:
    url = reverse("account_act", args=[cast.clerk_a.pk, "disable"])
    client_of(cast.reviewer_a).post(url, {"reason": TYPED})
    event = SecurityEvent.objects.get(target="clerk_a", kind="停用账号")
    assert event.detail["reason"] == KEPT


def test_reason_of_an_import(cast: Cast) -> None:
    batch = check(cast.clerk_a, "people", people(person("张三")))
    imports.confirm(batch=batch, by=cast.clerk_a, reason=TYPED)
    assert ImportBatch.objects.get(pk=batch.pk).reason == KEPT


def test_words_that_everybody_reads_hold_no_number(cast: Cast, client_of: ClientOf) -> None:
    """Names and places are shown as they are: refused there, not hidden."""
    client = client_of(cast.clerk_a)
    kept = {"name": "新华路社工站", "kind": "3", "region": TOWNSHIP_A, "state": "2"}
    answer = client.post("/stations/new/", {**kept, "address": TYPED})
    assert answer.status_code == 422
    assert "不能有身份证号" in answer.content.decode()
    answer = client_of(cast.reviewer_a).post(
        reverse("token_create"), {"purpose": TYPED, "days": "30"}
    )
    assert "不能有身份证号" in answer.content.decode()
    batch = check(cast.clerk_a, "people", people(person("张三", 工作单位=TYPED)))
    assert "不能有身份证号" in str(batch.rows.get().messages)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM core_importrow AS r WHERE r::text LIKE %s", [f"%{NUMBER}%"]
        )
        assert cursor.fetchone() == (0,)
