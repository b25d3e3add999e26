"""The log-in page in a real browser, on a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import PASSWORD, Cast


@pytest.mark.parametrize("width", [1440, 390])
def test_log_in_with_a_password(
    cast: Cast, visit: Callable[..., Page], shot: Callable[[Page, str], None], width: int
) -> None:
    page = visit("/login/", width=width)
    page.get_by_label("用户名").fill(" CLERK_A ")
    page.get_by_label("密码", exact=True).fill("wrong-password")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("用户名或密码不正确").first).to_be_visible()
    shot(page, "login-wrong")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).not_to_have_url(re.compile("/login/"))
    expect(page.get_by_text("南明录入员").first).to_be_attached()


def test_no_sideways_scroll_on_a_phone(visit: Callable[..., Page]) -> None:
    page = visit("/login/", width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
