"""The ways a file comes onto the upload page: chosen, dropped, dropped beside it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from core.models import ImportBatch
from tests.conftest import Cast
from tests.imports.ledgers import people, person

DROP = """([selector, files]) => {
  const bag = new DataTransfer();
  for (const [name, content] of files) {
    const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0));
    bag.items.add(new File([bytes], name));
  }
  const place = document.querySelector(selector);
  for (const type of ["dragover", "drop"])
    place.dispatchEvent(new DragEvent(type, {dataTransfer: bag, bubbles: true, cancelable: true}));
}"""


def drop(page: Page, selector: str, *names: str) -> None:
    content = base64.b64encode(people(person())).decode()
    page.evaluate(DROP, [selector, [[name, content] for name in names]])


def test_a_file_may_be_dropped(
    cast: Cast, transactional_db: None, visit: Callable[..., Page], shot: Callable[[Page, str], Any]
) -> None:
    page = visit("/imports/new/", cast.clerk_a)
    expect(page.get_by_text("也可以把文件拖到这个框里")).to_be_visible()
    drop(page, "h1", "旁边.xlsx")
    drop(page, ".drop", "一.xlsx", "二.xlsx")
    expect(page.get_by_role("alert")).to_contain_text("一次只能上传一个文件")
    assert page.get_by_label("台账文件").evaluate("input => input.files.length") == 0
    drop(page, ".drop", "南明台账.xlsx")
    shot(page, "import-dropped")
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("heading", name="南明台账.xlsx")).to_be_visible()
    assert ImportBatch.objects.get().file_name == "南明台账.xlsx"
