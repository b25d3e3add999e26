"""What a reviewer does with requests, on a wide screen and on a phone."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from core.dates import today
from core.models import Region
from talent import actions
from talent.models import Certificate, ChangeRequest, Education, KeyTalentClaim, Person, Post
from talent.moves.models import TransferRequest
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.rows import DAY, make_change, make_person, make_station

Visit = Callable[..., Page]
Shot = Look = Callable[[Page, str], None]


@pytest.fixture
def county(cast: Cast) -> dict[str, str]:
    """A worker with posts and papers who asks for three things, and what others ask."""
    person = make_person(
        TOWNSHIP_A, "欧阳晓梅", phone="13885012345", native_place="520102", ethnicity="01"
    )
    Person.objects.filter(pk=person.pk).update(user=cast.worker_a)
    post = Post(person=person, station=make_station(TOWNSHIP_A), started_on=DAY)
    actions.start_post(post=post, by=cast.clerk_a)
    Certificate.objects.create(person=person, level="2", approved_on=DAY, number="20230001")
    Education.objects.create(person=person, level="21", school="贵州大学", major="社会工作")
    change = actions.request_change(
        by=cast.worker_a, changes={"former_name": "欧阳梅", "ethnicity": "06"},
        reason="户口本上有曾用名，民族登记有误",
        other="证书「社会工作师」：取得日期应为 2022-06-12",
    )  # fmt: skip
    late = make_change(COUNTY_A)
    ChangeRequest.objects.filter(pk=late.pk).update(due_on=today() - datetime.timedelta(days=3))
    for name in ("张三", "李四", "王五"):
        actions.request_transfer_out(
            person=make_person(COUNTY_B, name), to_region=Region.objects.get(pk=COUNTY_A),
            by=cast.clerk_b, reason="已到南明区社工站工作",
        )  # fmt: skip
    moved = make_person(TOWNSHIP_A, "赵六")
    asked = actions.request_transfer_in(
        id_number=moved.id_number, to_region=Region.objects.get(pk=COUNTY_B), by=cast.clerk_b,
        reason="到本县任职",
    )  # fmt: skip
    claim = KeyTalentClaim(
        person=person, claim_class="A", qualified_on=DAY, native_basis="1", evidence="证书"
    )
    actions.submit_claim(claim_=claim, by=cast.clerk_a)
    return {
        "change": f"/changes/{change.pk}/",
        "transfer": f"/transfers/{asked.pk}/",
        "claim": f"/key-talents/{claim.pk}/",
    }


def test_pages_of_a_reviewer(county: dict[str, str], cast: Cast, visit: Visit, look: Look) -> None:
    page = visit("/", cast.reviewer_a)
    for name, path, word in (
        ("changes", "/changes/?state=todo", "已逾期 3 天"),
        ("change", county["change"], "按各项结论办结"),
        ("transfers", "/transfers/?state=todo", "已到南明区社工站工作"),
        ("transfer", county["transfer"], "同意后"),
        ("claims", "/key-talents/?todo=decide", "欧阳晓梅"),
        ("claim", county["claim"], "同意认定"),
        ("home", "/", "等我办理"),
    ):
        page.goto(path)
        expect(page.locator("main").get_by_text(word).last).to_be_visible()
        look(page, f"decisions-{name}")


def test_the_difference_stands_beside_the_rest_of_the_record(
    county: dict[str, str], cast: Cast, visit: Visit
) -> None:
    """Beside, not below: both are seen without scrolling sideways or down."""
    page = visit(county["change"], cast.reviewer_a)
    asked = page.get_by_role("heading", name="申请更正").bounding_box()
    held = page.locator("aside").get_by_role("heading", name="证书").bounding_box()
    assert asked is not None
    assert held is not None
    assert held["x"] > asked["x"] + 400
    link = page.locator("aside").get_by_role("link", name=re.compile("^社会工作师"))
    link.click()
    expect(page).to_have_url(re.compile("/certificates/"))


def test_item_by_item(county: dict[str, str], cast: Cast, visit: Visit, shot: Shot) -> None:
    page = visit(county["change"], cast.reviewer_a, tolerant=True)
    page.get_by_role("group", name=re.compile("^曾用名")).get_by_label("已改").check()
    page.get_by_role("group", name=re.compile("^民族")).get_by_label("不予采纳").check()
    page.locator("#id_note_ethnicity").fill("与户口簿不符")
    page.get_by_role("group", name=re.compile("^其他更正")).get_by_label("已改").check()
    page.get_by_role("button", name="按各项结论办结").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    shot(page, "decisions-change-refused")
    # What was chosen stays chosen.
    chosen = page.get_by_role("group", name=re.compile("^民族")).get_by_label("不予采纳")
    expect(chosen).to_be_checked()
    page.locator("#id_note_other").fill("证书取得日期已改为 2022-06-12")
    page.get_by_role("button", name="按各项结论办结").click()
    expect(page).to_have_url(re.compile(r"/changes/\?state=todo$"))
    page.goto(county["change"])
    expect(page.get_by_text("与户口簿不符").first).to_be_visible()
    shot(page, "decisions-change-done")
    worker = visit("/me/requests/", cast.worker_a, width=390)
    expect(worker.get_by_text("证书取得日期已改为 2022-06-12").first).to_be_visible()
    assert worker.evaluate("document.documentElement.scrollWidth") <= 390
    shot(worker, "decisions-worker")


def test_several_transfers_are_taken_over_at_once(
    county: dict[str, str], cast: Cast, visit: Visit, shot: Shot
) -> None:
    page = visit("/transfers/?state=todo&direction=out", cast.reviewer_a)
    page.get_by_label("选择本页全部").check()
    bar = page.locator(".bulk-bar").first
    expect(bar.get_by_text("已选 3 件")).to_be_visible()
    shot(page, "decisions-bulk-bar")
    bar.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_text("将对以下 3 件逐一办理「同意」")).to_be_visible()
    shot(page, "decisions-bulk")
    page.get_by_role("button", name="为 3 件办理").click()
    expect(page.get_by_text("已为 3 件办理「同意」")).to_be_visible()
    assert TransferRequest.objects.filter(state="2").count() == 3
