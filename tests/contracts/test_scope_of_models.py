"""Every scoped model through for_user: roles, counties, threads (TRUST T03, T04, T10)."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client

from core.models import User
from core.scoping import ScopedModel
from tests.conftest import COUNTY_A, COUNTY_B, PASSWORD
from tests.rows import make_person, make_row

ROOT = Path(__file__).resolve().parents[2]
SCOPED = [m for m in apps.get_models() if issubclass(m, ScopedModel)]
# Readable by neighbours on purpose: figures and targets, never lists.
FIGURES = {"target"}


@pytest.mark.parametrize("model", SCOPED, ids=lambda m: m._meta.model_name)
def test_roles_without_records_see_nothing(model: Any, cast: Any) -> None:
    for entity in ("person", "post", "station", "project", "stationmonthly", "payment"):
        make_row(entity, COUNTY_A)
    for user in (cast.worker_a, cast.security, cast.auditor, cast.system, AnonymousUser(), None):
        assert not model.objects.for_user(user).exists()
    cast.clerk_a.is_active = False
    assert not model.objects.for_user(cast.clerk_a).exists()
    if model._meta.model_name not in FIGURES:
        assert not model.objects.for_user(cast.clerk_b).exists()


@pytest.mark.parametrize("entity", ["person", "certificate", "post", "station", "project"])
def test_counties_add_up_to_the_province(entity: str, cast: Any) -> None:
    rows = [make_row(entity, code) for code in (COUNTY_A, COUNTY_B, COUNTY_A, "522301")]
    model = type(rows[0])
    counts = {u: model.objects.for_user(getattr(cast, u)).count() for u in ("clerk_a", "clerk_b")}
    assert counts == {"clerk_a": 2, "clerk_b": 1}
    assert model.objects.for_user(cast.prefecture).count() == 3
    assert model.objects.for_user(cast.province).count() == 4


def test_no_filter_is_built_from_the_request() -> None:
    """T38: filter(**request.GET) would let a query name any look-up."""
    banned = re.compile(r"\*\*\s*(?:self\.)?request\.(?:GET|POST|data|query_params)")
    for app in ("core", "stations", "talent", "projects", "reports"):
        for path in (ROOT / app).rglob("*.py"):
            assert not banned.search(path.read_text()), path


@pytest.mark.django_db(transaction=True)
def test_threads_of_two_users_never_mix() -> None:
    """T10: two users on the same eight threads by turns."""
    users = {
        county: User.objects.create_user(
            f"clerk{county}", PASSWORD, role="clerk", region_id=county, display_name="录入员"
        )
        for county in (COUNTY_A, COUNTY_B)
    }
    names = {COUNTY_A: "南明独有", COUNTY_B: "花溪独有"}
    for county, name in names.items():
        make_person(county, name)
    leaks: list[str] = []

    def work() -> None:
        try:
            clients = {}
            for county, user in users.items():
                clients[county] = Client()
                clients[county].force_login(user, backend="core.accounts.backend.RegistryBackend")
            for turn in range(16):
                county, other = (COUNTY_A, COUNTY_B) if turn % 2 else (COUNTY_B, COUNTY_A)
                for url in ("/people/", "/api/v1/people/"):
                    text = clients[county].get(url).text
                    if names[other] in text or names[county] not in text:
                        leaks.append(f"{county} {url}")
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not leaks
