"""Every entity × every door × a user of another county; a new entity is walked by itself."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django import forms
from django.urls import NoReverseMatch, reverse

from config import urls  # noqa: F401  registers every EntityView
from core.entities.entity import ENTITIES
from core.models import Region, User
from core.regions.names import resolve_regions
from tests.conftest import COUNTY_A, COUNTY_B
from tests.rows import make_row

WALKED = sorted(name for name, entity in ENTITIES.items() if entity.is_record)
RECORD_PAGES = ("detail", "edit", "history")


def url_of(entity: str, page: str, **kwargs: Any) -> str:
    try:
        return reverse(f"{entity}_{page}", kwargs=kwargs or None)
    except NoReverseMatch:
        pytest.skip(f"{entity} has no {page} page")


def in_county(entity: str, county: str) -> Any:
    """A row in a township of the county, named so that a leak can be seen."""
    return make_row(entity, county)


@pytest.mark.parametrize("entity", WALKED)
@pytest.mark.parametrize("page", RECORD_PAGES)
def test_record_pages(entity: str, page: str, cast: Any, client_of: Any) -> None:
    """Own: shown. Another county's: 404, like one that does not exist. No account: log-in."""
    row = in_county(entity, COUNTY_A)
    url = url_of(entity, page, pk=row.pk)
    missing = url_of(entity, page, pk=uuid.uuid4())
    assert client_of(cast.clerk_a).get(url).status_code == 200
    assert client_of(cast.prefecture).get(url).status_code == 200
    foreign = client_of(cast.clerk_b).get(url)
    assert foreign.status_code == 404
    assert foreign.content == client_of(cast.clerk_b).get(missing).content.replace(
        str(missing).encode(), url.encode()
    )
    for nobody in (cast.worker_a, cast.system, cast.security, cast.auditor):
        assert client_of(nobody).get(url).status_code == 404
    answer = client_of(cast.anonymous).get(url)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")


@pytest.mark.parametrize("entity", WALKED)
def test_list_holds_no_foreign_row(entity: str, cast: Any, client_of: Any) -> None:
    own, foreign = in_county(entity, COUNTY_A), in_county(entity, COUNTY_B)
    url = url_of(entity, "list")
    page = client_of(cast.clerk_a).get(url)
    assert str(own.pk) in page.text
    assert str(foreign.pk) not in page.text
    # Nor when the address asks for it, or names a region outside.
    for query in (f"?region={COUNTY_B}", "?region=52", f"?person={foreign.pk}"):
        assert f"/{foreign.pk}/" not in client_of(cast.clerk_a).get(url + query).text
    assert str(foreign.pk) in client_of(cast.prefecture).get(url).text


@pytest.mark.parametrize("entity", WALKED)
def test_list_needs_a_role_that_may_see(entity: str, cast: Any, client_of: Any) -> None:
    url = url_of(entity, "list")
    for nobody in (cast.worker_a, cast.system, cast.security, cast.auditor):
        assert client_of(nobody).get(url).status_code == 403
    assert client_of(cast.anonymous).get(url).status_code == 302


@pytest.mark.parametrize("entity", WALKED)
def test_viewer_writes_nothing(entity: str, cast: Any, client_of: Any) -> None:
    row = in_county(entity, COUNTY_A)
    client = client_of(cast.viewer_a)
    url = url_of(entity, "edit", pk=row.pk)
    assert client.get(url).status_code == 403
    assert client.post(url, {"version": row.version}).status_code == 403
    parent = ENTITIES[entity].parent
    query = f"?{parent}={getattr(row, parent).pk}" if parent else ""
    assert client.get(url_of(entity, "create") + query).status_code == 403


@pytest.mark.parametrize("entity", WALKED)
def test_foreign_row_is_not_written(entity: str, cast: Any, client_of: Any) -> None:
    row = in_county(entity, COUNTY_B)
    client = client_of(cast.clerk_a)
    url = url_of(entity, "edit", pk=row.pk)
    assert client.post(url, {"version": row.version}).status_code == 404
    for action in ENTITIES[entity].all_actions:
        act = url_of(entity, "act", pk=row.pk, verb=action.code)
        answer = client.post(act, {"version": row.version, "reason": "试"})
        assert answer.status_code == 404, action.code
    row.refresh_from_db()
    assert row.version == 1


def exported(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode("utf-8-sig")


@pytest.mark.parametrize("entity", WALKED)
def test_export_holds_no_foreign_row(entity: str, cast: Any, client_of: Any) -> None:
    """T03: neither the whole list, nor rows named one by one, nor a region asked for."""
    url = url_of(entity, "export")
    in_county(entity, COUNTY_A)
    foreign = in_county(entity, COUNTY_B)
    client = client_of(cast.clerk_a)
    for data in ({}, {"ids": [str(foreign.pk)]}):
        answer = client.post(url, data | {"format": "csv"})
        assert answer.status_code == 200
        text = exported(answer)
        assert "花溪区" not in text
        assert ("南明区" in text) is (data == {})
    refused = client.post(url, {"filter": f"region={COUNTY_B}", "format": "csv"})
    # Where the list has such a filter the region is not understood; else it is no filter.
    assert refused.status_code == 302 or "花溪区" not in exported(refused)
    assert "花溪区" in exported(client_of(cast.prefecture).post(url, {"format": "csv"}))
    assert client.get(url).status_code == 405
    for nobody in (cast.worker_a, cast.system, cast.security, cast.auditor):
        assert client_of(nobody).post(url).status_code == 403


@pytest.mark.parametrize("entity", [e for e in WALKED if ENTITIES[e].parent])
def test_nothing_is_created_under_a_foreign_parent(entity: str, cast: Any, client_of: Any) -> None:
    parent = ENTITIES[entity].parent
    foreign = getattr(in_county(entity, COUNTY_B), parent)
    client = client_of(cast.clerk_a)
    url = url_of(entity, "create")
    assert client.get(f"{url}?{parent}={foreign.pk}").status_code == 404
    assert client.post(url, {parent: foreign.pk}).status_code == 404
    assert client.get(f"{url}?{parent}=nonsense").status_code == 404


def scoped_choices(form: forms.BaseForm) -> list[tuple[str, Any]]:
    """(name, queryset) of every field whose choices are rows."""
    return [
        (name, field.queryset)
        for name, field in form.fields.items()
        if isinstance(field, forms.ModelChoiceField)
    ]


@pytest.mark.parametrize("entity", WALKED)
def test_form_and_filter_choices_are_in_scope(entity: str, cast: Any, client_of: Any) -> None:
    """The second trap: a choice list that names what the user may not see."""
    own, foreign = in_county(entity, COUNTY_A), in_county(entity, COUNTY_B)
    for page, query in (("edit", ""), ("list", "?filters=1")):
        kwargs = {"pk": own.pk} if page == "edit" else {}
        try:
            url = reverse(f"{entity}_{page}", kwargs=kwargs or None)
        except NoReverseMatch:
            continue
        answer = client_of(cast.clerk_a).get(url + query)
        form = answer.context["form"] if page == "edit" else answer.context["filterset"].form
        for name, queryset in scoped_choices(form):
            user_rows = queryset.model.objects.for_user(cast.clerk_a)
            assert not queryset.difference(user_rows).exists(), name
            if queryset.model is Region:
                assert not queryset.filter(code__startswith=COUNTY_B).exists(), name
        assert str(foreign.pk) not in answer.text


@pytest.mark.parametrize("entity", ["station", "organization"])
def test_suggestions_are_in_scope(entity: str, cast: Any, client_of: Any) -> None:
    own, foreign = in_county(entity, COUNTY_A), in_county(entity, COUNTY_B)
    url = url_of(entity, "lookup")
    found = client_of(cast.clerk_a).get(url, {"name": "x", "x_text": own.name[:2]}).text
    assert str(own.pk) in found
    assert str(foreign.pk) not in found
    assert foreign.name not in found


def test_region_suggestions_are_in_scope(cast: Any, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    own = client.get("/regions/suggest/", {"name": "r", "id": "id_r", "r_text": "新华路"}).text
    assert "520102016" in own
    foreign = client.get("/regions/suggest/", {"name": "r", "id": "id_r", "r_text": "花溪"}).text
    assert COUNTY_B not in foreign
    cascade = client.get("/regions/cascade/", {"name": "r", "id": "id_r", "r_pick": COUNTY_B})
    assert f'value="{COUNTY_B}' not in cascade.text


@pytest.mark.parametrize("typed", ["520221", "水城县"])
def test_codes_and_names_of_the_past_are_found(typed: str, cast: Any) -> None:
    province, prefecture = cast.province, User(region_id="5202", is_active=True)
    county, other = (User(region_id=code, is_active=True) for code in ("520204", "520102"))
    for user in (province, prefecture, county):
        assert [r.code for r in resolve_regions(typed, user)] == ["520204"]
    assert resolve_regions(typed, other) == []


def test_working_region_stays_inside_the_scope(cast: Any, client_of: Any) -> None:
    client = client_of(cast.prefecture)
    foreign = make_row("person", "522301")
    own = make_row("person", COUNTY_B)
    client.post("/region/", {"region": "522301", "next": "/people/"})
    assert str(foreign.pk) not in client.get("/people/").text
    client.post("/region/", {"region": COUNTY_A, "next": "/people/"})
    assert str(own.pk) not in client.get("/people/").text
    assert (
        client.post("/region/", {"region": COUNTY_A, "next": "//evil.example"})["Location"] == "/"
    )


def test_the_switch_stays_on_the_page(cast: Any, client_of: Any) -> None:
    """With its conditions, and about the region switched to where the address names one."""
    client = client_of(cast.prefecture)
    page = client.get("/people/?status=20&region=520111&page=2").text
    assert "/region/?next=/people/%3Fstatus%3D20" in page
    assert client.get("/people/").text.count("/region/?next=/people/") == 2
    for page, led in (
        ("/dashboard/5201/?on=2025-12-31", f"/dashboard/{COUNTY_A}/?on=2025-12-31"),
        ("/people/?status=20", "/people/?status=20"),
        ("/nowhere/", "/nowhere/"),
    ):
        answer = client.post("/region/", {"region": COUNTY_A, "next": page})
        assert answer["Location"] == led


def test_a_constraint_says_in_words_what_is_wrong() -> None:
    """The library would name it as it is called in the database."""
    silent = [
        constraint.name
        for entity in ENTITIES.values()
        if entity.sections
        for constraint in entity.model._meta.constraints
        if constraint.violation_error_message == constraint.default_violation_error_message
    ]
    assert not silent
