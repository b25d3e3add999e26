"""Drafts of long forms: one's own, encrypted, for seven days, gone with the form that was saved."""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings
from django.db import connection

from core.drafts import actions
from core.drafts.actions import draft_of, forget_drafts, keep_draft
from core.models import Draft
from core.rules import RuleError
from core.tasks import housekeeping
from tests.conftest import COUNTY_A, Cast
from tests.core.test_entity_editing import form_data
from tests.rows import id_number, make_person

pytestmark = pytest.mark.django_db
FORM = "/people/new/"
TYPED = [("name", "王小丫"), ("sources", "01"), ("sources", "02"), ("remark", "返聘，a=b&c")]


def keep(client: Any, form: str = FORM, fields: Any = TYPED) -> Any:
    return client.post("/drafts/", {"form": form, "fields": urlencode(fields)})


def test_what_was_typed_comes_back(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    assert client.get("/drafts/", {"form": FORM}).status_code == 204
    assert keep(client).status_code == 204
    answer = client.get("/drafts/", {"form": FORM})
    assert answer.json()["fields"] == [list(pair) for pair in TYPED]
    assert answer.headers["Cache-Control"] == "no-store, private"
    keep(client, fields=[("name", "李四")])
    assert client.get("/drafts/", {"form": FORM}).json()["fields"] == [["name", "李四"]]
    assert Draft.objects.count() == 1
    assert client.get("/drafts/", {"form": "/stations/new/"}).status_code == 204


def test_nobody_else_gets_it(cast: Cast, client_of: Any) -> None:
    keep(client_of(cast.clerk_a))
    for user in (cast.reviewer_a, cast.clerk_b, cast.province):
        client = client_of(user)
        assert client.get("/drafts/", {"form": FORM}).status_code == 204
        client.post("/drafts/", {"form": FORM, "fields": ""})
    assert draft_of(cast.clerk_a, FORM) is not None


def test_it_lies_encrypted(cast: Cast, client_of: Any) -> None:
    number = id_number()
    keep(client_of(cast.clerk_a), fields=[("id_number", number), ("name", "王小丫")])
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(d)::text FROM core_draft d")
        ((row,),) = cursor.fetchall()
    assert number not in row
    assert number.encode().hex() not in row
    assert urlencode({"name": "王小丫"}).encode().hex() not in row


def test_seven_days(cast: Cast) -> None:
    keep_draft(by=cast.clerk_a, form=FORM, fields="a=1")
    day = datetime.timedelta(days=1)
    now = Draft.objects.get().saved_at
    with time_machine.travel(now + settings.DRAFT_DAYS * day - datetime.timedelta(minutes=1)):
        assert draft_of(cast.clerk_a, FORM) is not None
        housekeeping()
        assert Draft.objects.count() == 1
    with time_machine.travel(now + settings.DRAFT_DAYS * day + datetime.timedelta(minutes=1)):
        assert draft_of(cast.clerk_a, FORM) is None
        housekeeping()
        assert Draft.objects.count() == 0
    assert forget_drafts(before=now) == 0


def test_it_goes_with_the_form_that_was_saved(cast: Cast, client_of: Any) -> None:
    person = make_person(COUNTY_A, "王小丫")
    client, url = client_of(cast.clerk_a), f"/people/{person.pk}/edit/"
    data = form_data(client, url) | {"_draft": url}
    for form in (url, FORM):
        keep(client, form)
    assert client.post(url, data | {"birth_date": "2999-01-01"}).status_code == 422
    assert draft_of(cast.clerk_a, url) is not None
    assert client.post(url, data | {"remark": "新"}).status_code == 302
    assert draft_of(cast.clerk_a, url) is None
    assert draft_of(cast.clerk_a, FORM) is not None


def test_a_form_names_its_draft(cast: Cast, client_of: Any) -> None:
    """A record that hangs on another is another form for each of them."""
    client = client_of(cast.clerk_a)
    for name in ("王小丫", "李四"):
        person = make_person(COUNTY_A, name)
        page = client.get(f"/posts/new/?person={person.pk}").text
        assert f'data-draft="/posts/new/?{person.pk}"' in page
        refused = client.post("/posts/new/", {"person": str(person.pk)})
        assert refused.status_code == 422
        assert f'data-draft="/posts/new/?{person.pk}"' in refused.text


def test_what_cannot_be_kept_is_refused_in_words(
    cast: Cast, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(cast.clerk_a)
    for form, fields in (("", "a=1"), ("/" * 201, "a=1"), (FORM, "a" * (actions.LONGEST + 1))):
        answer = client.post("/drafts/", {"form": form, "fields": fields})
        assert answer.status_code == 400
        assert "草稿没有保存" in answer.json()["detail"]
    monkeypatch.setattr(actions, "MOST", 2)
    for number in range(4):
        keep_draft(by=cast.clerk_a, form=f"/{number}/", fields="a=1")
    assert set(Draft.objects.values_list("form", flat=True)) == {"/2/", "/3/"}
    with pytest.raises(RuleError):
        keep_draft(by=cast.clerk_a, form="", fields="a=1")


def test_one_that_no_key_opens_any_more_is_none(cast: Cast, client_of: Any) -> None:
    keep_draft(by=cast.clerk_a, form=FORM, fields="a=1")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_draft SET fields = '\\x01ff00'")
    assert client_of(cast.clerk_a).get("/drafts/", {"form": FORM}).status_code == 204
    assert Draft.objects.count() == 0
