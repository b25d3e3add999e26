"""Every page there is, as axe finds it: with rows and without, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from core.entities.entity import ENTITIES
from reports.snapshots import actions as snapshots
from talent.models import Person
from tests.browser.axe import check_accessible
from tests.conftest import COUNTY_A, Cast
from tests.contracts.policy import addresses, allows, policy_of
from tests.contracts.test_addresses import url_for
from tests.rows import make_person, make_row

Visit = Callable[..., Page]
WIDTHS = (1366, 390)
# Swagger's own page is not ours.
NAMES = sorted({name for name, _ in addresses()} - {"api-docs"})
# In an ordinary run the pages of one entity stand for all; `make drill` walks every address.
FEW = [name for name in NAMES if name.startswith("person_")]
# What lists and searches say besides rows.
_STATES = ("/people/?status=50", "/people/?birth_from=x", "/people/?filters=1", "/search/?q=没有的",
           "/dashboard/520111/list/T1/", "/gone/")  # fmt: skip


def look(page: Page, address: str) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status < 500, address
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        check_accessible(page, f"{address} {width}")


@pytest.mark.parametrize("names", [FEW, pytest.param(NAMES, marks=pytest.mark.drill)])
def test_with_rows(
    names: list[str],
    cast: Cast,
    transactional_db: None,
    visit: Visit,
    client_of: Callable[[Any], Client],
) -> None:
    """What the contract of addresses knows: who may open it, and what record it needs."""
    for name, entity in ENTITIES.items():
        if entity.is_record:
            make_row(name, COUNTY_A)
    own = make_person(COUNTY_A, "王小明")
    Person.objects.filter(pk=own.pk).update(user=cast.worker_a)
    snapshots.take_all()
    pages: dict[Any, Page] = {}
    seen = 0
    for name in names:
        policy = policy_of(name)
        parts = (cast.reviewer_a, cast.province, cast.security, cast.auditor, cast.system,
                 cast.worker_a)  # fmt: skip
        user = next((part for part in parts if policy and allows(policy, part)), None)
        if policy is None or user is None or "GET" not in policy.methods:
            continue
        address = url_for(name, policy, policy.make(COUNTY_A) if policy.make else None)
        answer = client_of(user).get(address)
        if "text/html" not in answer.headers["Content-Type"] or "<html" not in answer.text:
            continue
        if user not in pages:
            pages[user] = visit("/", user, tolerant=True)
        look(pages[user], address)
        seen += 1
    assert seen >= len(names) // 3


LISTS = [entity.url("list") for entity in ENTITIES.values() if entity.is_record]
EMPTY = ["/", *LISTS, "/imports/", "/notices/", "/accounts/"]


@pytest.mark.parametrize(
    "asked", [[*EMPTY[:2], *_STATES], pytest.param(EMPTY, marks=pytest.mark.drill)]
)
def test_without_rows(asked: list[str], cast: Cast, visit: Visit) -> None:
    page = visit("/", cast.reviewer_b, tolerant=True)
    for address in asked:
        look(page, address)


def test_of_whoever_is_not_signed_in(visit: Visit) -> None:
    page = visit("/login/", tolerant=True)
    for address in ("/login/", "/activate/", "/notice/", "/gone/"):
        look(page, address)
