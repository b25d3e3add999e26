"""Pages of workers and requests: who reaches them, what they show, what they leave behind."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from core.entities.display import record_url
from core.models import ReadEvent, Region
from talent import actions
from talent.entities import PEOPLE
from talent.models import (
    ActivationCode,
    ChangeRequest,
    KeyTalentClaim,
    Person,
    TransferRequest,
)
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.leaks import numbers_in
from tests.rows import make_person, make_row

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Any], Client]
OWN_PAGES = ["/me/", "/me/contact/", "/me/requests/", "/me/requests/new/", "/me/reads/",
             "/me/history/"]  # fmt: skip


@pytest.fixture
def own(cast: Cast) -> Person:
    person = make_person(TOWNSHIP_A, "王小明", phone="13800001111")
    Person.objects.filter(pk=person.pk).update(user=cast.worker_a)
    return person


def text_of(response: Any) -> str:
    return response.content.decode()


# --- Worker ---------------------------------------------------------------------------------
@pytest.mark.parametrize("path", OWN_PAGES)
def test_a_worker_sees_her_own_pages_masked(
    cast: Cast, own: Person, client_of: ClientOf, path: str
) -> None:
    response = client_of(cast.worker_a).get(path)
    assert response.status_code == 200
    assert not numbers_in(text_of(response))


@pytest.mark.parametrize("path", OWN_PAGES)
def test_nobody_else_does(cast: Cast, own: Person, client_of: ClientOf, path: str) -> None:
    for part in ("clerk_a", "reviewer_a", "viewer_a", "province", "security", "auditor"):
        assert client_of(getattr(cast, part)).get(path).status_code == 403
    assert Client().get(path).status_code == 302


def test_a_worker_sees_nothing_but_herself(cast: Cast, own: Person, client_of: ClientOf) -> None:
    other = make_person(TOWNSHIP_A, "赵钱孙")
    client = client_of(cast.worker_a)
    for path in OWN_PAGES:
        assert "赵钱孙" not in text_of(client.get(path))
    for path in (
        f"/people/{other.pk}/", f"/people/{own.pk}/", f"/people/{own.pk}/reveal/",
        f"/people/{own.pk}/activation/", "/transfers/", "/changes/", "/people/",
    ):  # fmt: skip
        assert client.get(path).status_code in (403, 404), path


def test_a_worker_without_a_record_is_refused(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.worker_a).get("/me/").status_code == 403


def test_own_numbers_are_shown_on_request_only(
    cast: Cast, own: Person, client_of: ClientOf
) -> None:
    client = client_of(cast.worker_a)
    assert client.get("/me/numbers/").status_code == 405
    assert own.id_number in text_of(client.post("/me/numbers/"))
    assert ReadEvent.objects.get().reason == "本人查看"


def test_a_worker_takes_a_copy_of_her_record_along(
    cast: Cast, own: Person, client_of: ClientOf
) -> None:
    make_row("certificate", COUNTY_A)  # somebody else's
    client = client_of(cast.worker_a)
    assert "下载我的档案" in text_of(client.get("/me/"))
    answer = client.post("/me/copy/")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    lines = rows.get_sheet_by_index(0).to_python()
    assert ["身份", "证件号码", own.id_number] in lines
    assert ["身份", "姓名", own.name] in lines
    assert not [line for line in lines if line[0].startswith("证书")]
    notes = dict(rows.get_sheet_by_name("说明").to_python())
    assert "您本人的档案" in notes["提示"]
    assert "工作使用" not in notes["提示"], "what staff is told is not for her"
    assert "导出人辖区" not in notes
    assert ReadEvent.objects.get(kind=ReadEvent.Kind.EXPORT).people == [own.pk]
    assert client_of(cast.clerk_a).post("/me/copy/").status_code == 403


def test_contact_and_correction_by_form(cast: Cast, own: Person, client_of: ClientOf) -> None:
    client = client_of(cast.worker_a)
    new = {"phone": "13911112222", "address": "中华路"}
    sent = client.post("/me/contact/", new | {"seen": "13911112222"})
    assert sent.status_code == 302
    own.refresh_from_db()
    assert own.phone == "13911112222"
    form = client.get("/me/requests/new/").context["form"]
    data = {b.html_name: b.value() for b in form if b.name != "reason" and b.value()}
    data |= {"name": "王晓明", "reason": "身份证", "status": "10", "id_number": "1", "user": "1"}
    response = client.post("/me/requests/new/", data)
    assert response.status_code == 302, response.context["form"].errors
    request = ChangeRequest.objects.get()
    assert request.changes == {"name": {"old": "王小明", "new": "王晓明"}}
    assert "王晓明" in text_of(client.get("/me/requests/"))
    assert client.post("/me/requests/withdraw/").status_code == 302
    request.refresh_from_db()
    assert request.state == "4"


def test_she_sees_who_looked_when_and_why(cast: Cast, own: Person, client_of: ClientOf) -> None:
    """T16: list, detail and reveal each leave an event that the person can see."""
    clerk = client_of(cast.clerk_a)
    clerk.get("/people/")
    clerk.get(f"/people/{own.pk}/")
    clerk.post(f"/people/{own.pk}/reveal/", {"reason": "核对社保缴费"})
    kinds = list(ReadEvent.objects.order_by("at").values_list("kind", flat=True))
    assert kinds == ["list", "detail", "reveal"]
    page = text_of(client_of(cast.worker_a).get("/me/reads/"))
    assert page.count(cast.clerk_a.display_name) == 3
    assert "核对社保缴费" in page
    other = make_person(TOWNSHIP_A)
    Person.objects.filter(pk=own.pk).update(user=None)
    Person.objects.filter(pk=other.pk).update(user=cast.worker_a)
    assert "核对社保缴费" not in text_of(client_of(cast.worker_a).get("/me/reads/"))


# --- Reveal ---------------------------------------------------------------------------------
def test_a_reveal_answers_a_fragment_once(cast: Cast, own: Person, client_of: ClientOf) -> None:
    client, path = client_of(cast.clerk_a), f"/people/{own.pk}/reveal/"
    htmx = {"HTTP_HX_REQUEST": "true"}
    asked = client.get(path, **htmx)
    assert own.id_number not in text_of(asked)
    assert set(ReadEvent.objects.values_list("kind", flat=True)) == {"detail"}
    refused = client.post(path, {"reason": ""}, **htmx)
    assert refused.status_code == 422
    assert own.id_number not in text_of(refused)
    assert not ReadEvent.objects.filter(kind="reveal").exists()
    shown = client.post(path, {"reason": "核对证件"}, **htmx)
    assert own.id_number in text_of(shown)
    assert own.phone in text_of(shown)
    assert "<html" not in text_of(shown)
    assert shown.headers["Cache-Control"] == "no-store, private"
    assert own.id_number not in text_of(client.get(f"/people/{own.pk}/"))


def test_a_reveal_fails_when_it_cannot_be_logged(
    cast: Cast, own: Person, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T18: no fail-open."""

    def broken(**fields: Any) -> None:
        raise RuntimeError("the log is not to be written")

    monkeypatch.setattr(ReadEvent, "record", broken)
    client = client_of(cast.clerk_a)
    client.raise_request_exception = False
    response = client.post(f"/people/{own.pk}/reveal/", {"reason": "核对证件"})
    assert response.status_code == 500
    assert own.id_number not in text_of(response)


@pytest.mark.parametrize("page", ["reveal", "activation"])
def test_pages_of_a_person_are_scoped(
    cast: Cast, own: Person, client_of: ClientOf, page: str
) -> None:
    path = f"/people/{own.pk}/{page}/"
    missing = "/people/00000000-0000-4000-8000-000000000000/" + page + "/"
    for method in ("get", "post"):
        foreign = getattr(client_of(cast.clerk_b), method)(path, {"reason": "核对证件"})
        nowhere = getattr(client_of(cast.clerk_b), method)(missing, {"reason": "核对证件"})
        assert foreign.status_code == nowhere.status_code == 404
        assert getattr(client_of(cast.viewer_a), method)(path).status_code == 403
    assert not ReadEvent.objects.exists()
    assert not ActivationCode.objects.exists()


def test_a_code_is_shown_once(cast: Cast, own: Person, client_of: ClientOf) -> None:
    client, path = client_of(cast.clerk_a), f"/people/{own.pk}/activation/"
    client.get(path)
    assert not ActivationCode.objects.exists()
    shown = text_of(client.post(path))
    assert re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", shown)
    assert not re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", text_of(client.get(path)))


# --- Transfers and corrections --------------------------------------------------------------
@pytest.fixture
def asked_in(cast: Cast, own: Person) -> TransferRequest:
    return actions.request_transfer_in(
        id_number=own.id_number,
        to_region=Region.objects.get(pk=COUNTY_B),
        by=cast.clerk_b,
        reason="到本县任职",
    )


def test_who_asks_does_not_learn_the_name(
    cast: Cast, own: Person, asked_in: TransferRequest, client_of: ClientOf
) -> None:
    for path in ("/transfers/", f"/transfers/{asked_in.pk}/"):
        asking = text_of(client_of(cast.reviewer_b).get(path))
        assert own.name not in asking
        assert own.masked_id_number not in asking
        assert own.name in text_of(client_of(cast.clerk_a).get(path))
    assert client_of(cast.reviewer_b).get(f"/people/{own.pk}/").status_code == 404


def test_who_refused_does_not_go_on_reading(cast: Cast, own: Person, client_of: ClientOf) -> None:
    """The destination of a transfer out knows the name while it decides, no longer after."""
    row = actions.request_transfer_out(
        person=own, to_region=Region.objects.get(pk=COUNTY_B), by=cast.clerk_a, reason="调动"
    )
    client, paths = client_of(cast.reviewer_b), ("/transfers/", f"/transfers/{row.pk}/")
    assert all(own.name in text_of(client.get(path)) for path in paths)
    actions.refuse_transfer(request=row, by=cast.reviewer_b, reason="查无此人")
    Person.objects.filter(pk=own.pk).update(name="王晓明")
    for path in paths:
        page = text_of(client.get(path))
        assert "王晓明" not in page
        assert own.name not in page
    assert "王晓明" in text_of(client_of(cast.clerk_a).get(paths[1]))


def test_a_transfer_by_page(
    cast: Cast, own: Person, asked_in: TransferRequest, client_of: ClientOf
) -> None:
    path = f"/transfers/{asked_in.pk}/"
    assert client_of(cast.clerk_a).post(path, {"verb": "accept"}).status_code == 403
    assert client_of(cast.reviewer_b).post(path, {"verb": "accept"}).status_code == 422
    assert client_of(cast.reviewer_a).post(path, {"verb": "refuse"}).status_code == 422
    assert client_of(cast.reviewer_a).post(path, {"verb": "other"}).status_code == 404
    assert client_of(cast.worker_a).post(path, {"verb": "accept"}).status_code == 404
    assert client_of(cast.reviewer_a).post(path, {"verb": "accept"}).status_code == 302
    own.refresh_from_db()
    assert own.county == COUNTY_B


def test_asking_by_form_posts_the_number(cast: Cast, own: Person, client_of: ClientOf) -> None:
    client = client_of(cast.clerk_b)
    data = {"id_type": "1", "id_number": own.id_number, "to_region": COUNTY_B, "kind": "3",
            "employment": "1", "reason": "到本县任职"}  # fmt: skip
    assert client.post("/transfers/new/", data | {"id_number": "1"}).status_code == 422
    response = client.post("/transfers/new/", data)
    assert response.status_code == 302
    assert own.id_number not in response.headers["Location"]


def test_requests_of_others_are_404(
    cast: Cast, own: Person, client_of: ClientOf, asked_in: TransferRequest
) -> None:
    change = actions.request_change(by=cast.worker_a, changes={"name": "王晓明"}, reason="身份证")
    from core.models import User

    third = User.objects.create_user("third", None, role="reviewer", region_id="522301",
                                     display_name="兴义审核员")  # fmt: skip
    client = client_of(third)
    for path in (f"/transfers/{asked_in.pk}/", f"/changes/{change.pk}/"):
        assert client.get(path).status_code == 404
        assert client.post(path, {"verb": "accept"}).status_code == 404
    for path in ("/transfers/", "/changes/"):
        assert "王" not in text_of(client.get(path)).split("<main")[1]


def test_a_correction_by_page(cast: Cast, own: Person, client_of: ClientOf) -> None:
    change = actions.request_change(by=cast.worker_a, changes={"name": "王晓明"}, reason="身份证")
    path = f"/changes/{change.pk}/"
    opened = client_of(cast.reviewer_a).get(path)
    page = text_of(opened)
    assert "王小明" in page
    assert "王晓明" in page
    accept = {"verb": "accept", "seen": opened.context["seen"]}
    assert client_of(cast.clerk_a).get(path).status_code == 200
    assert client_of(cast.clerk_a).post(path, accept).status_code == 403
    assert client_of(cast.reviewer_a).post(path, {"verb": "refuse"}).status_code == 422
    assert client_of(cast.reviewer_a).post(path, accept).status_code == 302
    own.refresh_from_db()
    assert own.name == "王晓明"
    assert "变更申请全部已改" in text_of(client_of(cast.worker_a).get("/me/"))
    assert ReadEvent.objects.filter(kind="detail", people__contains=[own.pk]).exists()


# --- Dialogs --------------------------------------------------------------------------------
def test_every_verb_of_a_person_has_its_dialog(
    cast: Cast, own: Person, client_of: ClientOf
) -> None:
    client = client_of(cast.reviewer_a)
    for action in PEOPLE.actions:
        own.refresh_from_db()
        expected = 200 if action.when(own) else 409
        response = client.get(f"/people/{own.pk}/{action.code}/")
        assert response.status_code == expected, action.code


def test_a_dialog_acts(cast: Cast, own: Person, client_of: ClientOf) -> None:
    client, path = client_of(cast.clerk_a), f"/people/{own.pk}/death/"
    data = {"version": str(own.version), "died_on": "2025.5.1", "proof": "火化证明 1 号"}
    assert client.post(path, data | {"proof": ""}).status_code == 422
    assert client.post(path, data).status_code == 302
    own.refresh_from_db()
    assert own.status == "50"


def test_a_dialog_on_an_older_version_does_not_act(
    cast: Cast, own: Person, client_of: ClientOf
) -> None:
    data = {"version": str(own.version), "reason": "误录"}
    actions.confirm_person(person=own, by=cast.reviewer_a)
    response = client_of(cast.clerk_a).post(f"/people/{own.pk}/deactivate/", data)
    assert response.status_code == 422
    own.refresh_from_db()
    assert own.status == "10"


# --- 计入情况 ---------------------------------------------------------------------------------
def test_she_reads_where_she_counts_and_what_is_missing(
    cast: Cast, own: Person, client_of: ClientOf
) -> None:
    from talent.models import Post
    from tests.rows import DAY, make_station

    client = client_of(cast.worker_a)
    before = {s.indicator.code: s for s in client.get("/me/targets/").context["standings"]}
    assert before["T1_L0"].counts
    assert not before["T1"].counts
    assert before["T1"].missing == ["当日有主岗，且不是实习、志愿"]
    post = Post(person=own, station=make_station(TOWNSHIP_A), started_on=DAY)
    actions.start_post(post=post, by=cast.clerk_a)
    own.certificates.create(level="1", approved_on=DAY)
    after = {s.indicator.code: s for s in client.get("/me/targets/").context["standings"]}
    assert {code for code, s in after.items() if s.counts} >= {"T1", "T1_L4", "T2"}
    assert not after["T3"].counts
    assert client_of(cast.clerk_a).get("/me/targets/").status_code == 403


def test_a_record_shows_what_waits(cast: Cast, client_of: ClientOf) -> None:
    """The right column of a person: pending requests, claims; nothing when nothing waits."""
    person = make_person(TOWNSHIP_A, "待办人")
    assert "<h2>待办</h2>" not in text_of(client_of(cast.reviewer_a).get(f"/people/{person.pk}/"))
    change = ChangeRequest.objects.create(
        person=person, changes={}, other="漏登的学历", reason="证书", requested_by=cast.worker_a
    )
    transfer = actions.request_transfer_out(
        person=person, by=cast.clerk_a, to_region=Region.objects.get(pk=COUNTY_B), reason="调动"
    )
    claim = make_row("keytalentclaim", COUNTY_A)
    KeyTalentClaim.objects.filter(pk=claim.pk).update(person=person)
    page = text_of(client_of(cast.reviewer_a).get(f"/people/{person.pk}/"))
    aside = page.split("<aside>")[1]
    for row in (change, transfer, claim):
        assert f'href="{record_url(row)}"' in aside
    assert "data-print" in page


def test_an_idle_workbench_leads_to_the_board(cast: Cast, client_of: ClientOf) -> None:
    assert "打开看板" in text_of(client_of(cast.viewer_a).get("/"))
    assert "打开看板" not in text_of(client_of(cast.security).get("/"))


def test_corrections_are_not_narrowed_to_what_never_happens(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.reviewer_a)
    assert "到期自动同意" not in text_of(client.get("/changes/"))
    assert "到期自动同意" in text_of(client.get("/transfers/"))


@pytest.mark.parametrize("path", ["/me/contact/", "/me/requests/new/", "/activate/"])
def test_an_empty_form_says_what_is_missing(
    cast: Cast, own: Person, client_of: ClientOf, path: str
) -> None:
    user = cast.anonymous if path == "/activate/" else cast.worker_a
    # One that is registered may stay as it is.
    Person.objects.filter(pk=own.pk).update(phone="", phone_index=None)
    answer = text_of(client_of(user).post(path, {}))
    assert "该字段是必填项" not in answer
    assert "请填写" in answer
