"""What clerks do every day takes few clicks, counted as the browser feels them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from stations.models import Station
from talent.models import Certificate, Person, Post, RegistrationPeriod
from tests.conftest import TOWNSHIP_A, Cast
from tests.rows import DAY, make_person, make_station

Visit = Callable[..., Page]
# One press of a finger; a label that hands its click on to a box is one, too.
_COUNT = """addEventListener("mousedown", (event) => {
  if (event.isTrusted) sessionStorage.presses = 1 + Number(sessionStorage.presses || 0);
}, true);"""


def _counted(page: Page) -> Page:
    page.add_init_script(_COUNT)
    page.reload()
    return page


def _clicks(page: Page) -> int:
    return int(page.evaluate("Number(sessionStorage.presses || 0)"))


def _write(page: Page, field: Locator, text: str) -> None:
    """Into a field that has to be reached by a click, unless it has the cursor already."""
    if not field.evaluate("field => field === document.activeElement"):
        field.click()
    page.keyboard.type(text)


@pytest.fixture
def held(cast: Cast) -> Post:
    person = make_person(TOWNSHIP_A, "王小丫", status="10")
    station = make_station(TOWNSHIP_A, "东街社工站")
    return Post.objects.create(
        person=person, station=station, region_id=TOWNSHIP_A, started_on=DAY, employment="1"
    )


def test_another_station_takes_five_clicks(held: Post, cast: Cast, visit: Visit) -> None:
    make_station(TOWNSHIP_A, "西街社工站")
    page = _counted(visit(f"/people/{held.person_id}/", cast.clerk_a))
    page.get_by_role("link", name="调岗").first.click()
    dialog = page.get_by_role("dialog")
    _write(page, dialog.locator("#id_station_text"), "西街")
    dialog.get_by_role("option", name=re.compile("西街社工站")).click()
    _write(page, dialog.get_by_label("事由"), "工作需要")
    dialog.locator("button[type=submit]").click()
    expect(page.get_by_text(re.compile("已调岗：.*西街社工站"))).to_be_visible()
    assert 3 <= _clicks(page) <= 5
    assert Post.objects.get(ended_on=None).station == Station.objects.get(name="西街社工站")


@pytest.mark.parametrize("place", ["person", "station"])
def test_the_end_of_a_post_takes_four_clicks(
    place: str, held: Post, cast: Cast, visit: Visit
) -> None:
    """By the post, which stands in a row of her page and of the station's."""
    path, link = {
        "person": (f"/people/{held.person_id}/", "东街社工站"),
        "station": (f"/stations/{held.station_id}/", "查看岗位"),
    }[place]
    page = _counted(visit(path, cast.clerk_a))
    row = page.get_by_role("row").filter(has_text=str(DAY))
    row.get_by_role("link", name=re.compile(link)).first.click()
    expect(page).to_have_url(re.compile(f"/posts/{held.pk}/$"))
    page.get_by_role("link", name="离岗", exact=True).click()
    dialog = page.get_by_role("dialog")
    _write(page, dialog.get_by_label("离岗原因"), "辞职")
    dialog.locator("button[type=submit]").click()
    expect(page.get_by_text(re.compile("已办理「离岗」"))).to_be_visible()
    assert 3 <= _clicks(page) <= 4
    held.refresh_from_db()
    assert held.ended_on is not None


# As each stands on cards, certificates, forms and lists.
_NUMBERS: dict[str, Callable[[Person], str]] = {
    "人才编号": lambda person: person.number,
    "证件号码": lambda person: str(person.id_number),
    "证件号码 in groups": lambda person: " ".join(re.findall(".{1,6}", str(person.id_number))),
    "电话": lambda person: "13985001234",
    "证书编号": lambda person: "20230000123456",
    "登记证号": lambda person: "2025520102000012",
    "登记证号 in words": lambda person: "黔社登〔2025〕0012号",
}


@pytest.mark.parametrize("kind", _NUMBERS)
def test_every_number_on_paper_finds_the_person(kind: str, cast: Cast, visit: Visit) -> None:
    """From the top bar, in one click or by Enter alone."""
    person = make_person(TOWNSHIP_A, "王小丫", phone="13985001234")
    make_person(TOWNSHIP_A, "李大为")
    Certificate.objects.create(person=person, level="1", approved_on=DAY, number="20230000123456")
    voucher = _NUMBERS["登记证号 in words" if "words" in kind else "登记证号"](person)
    RegistrationPeriod.objects.create(
        person=person, starts_on=DAY, ends_on=DAY + datetime.timedelta(days=1094), voucher=voucher
    )
    page = _counted(visit("/", cast.clerk_a))
    _write(page, page.locator("header input[name=q]"), _NUMBERS[kind](person))
    page.keyboard.press("Enter")
    expect(page.locator("main").get_by_text("王小丫").first).to_be_visible()
    expect(page.locator("main").get_by_text("李大为")).to_have_count(0)
    if not page.url.endswith(f"/people/{person.pk}/"):
        page.locator("main").get_by_role("link", name=re.compile("王小丫")).first.click()
    expect(page).to_have_url(re.compile(f"/people/{person.pk}/$"))
    assert _clicks(page) <= 2
