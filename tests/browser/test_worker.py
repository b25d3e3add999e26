"""A social worker's way in and about, on a phone, and the reviewer who answers her."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from talent.models import ChangeRequest, Person
from tests.conftest import COUNTY_A, Cast
from tests.rows import id_number, make_person

OWN_PASSWORD = "Wo-de-2026-mima"


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url


def test_from_the_code_to_the_answered_request(
    cast: Cast, visit: Callable[..., Page], shot: Callable[[Page, str], None]
) -> None:
    number = id_number(woman=True)
    person = make_person(COUNTY_A, "欧阳晓梅", id_number=number, phone="13885012345")

    desk = visit(f"/people/{person.pk}/activation/", cast.clerk_a)
    desk.get_by_role("button", name="生成激活码").click()
    code = desk.locator(".activation-code").inner_text()
    shot(desk, "worker-code")

    phone = visit("/login/", width=390, tolerant=True)
    phone.get_by_role("link", name="激活账号").click()
    phone.get_by_label("证件号码").fill(number)
    phone.get_by_label("激活码").fill("AAAAA-AAAAA")
    phone.get_by_label("设置密码").fill(OWN_PASSWORD)
    phone.get_by_label("再输入一次密码").fill(OWN_PASSWORD)
    phone.get_by_role("button", name="激活").click()
    expect(phone.get_by_role("alert").first).to_be_visible()
    fits(phone)
    shot(phone, "worker-wrong-code")
    phone.get_by_label("激活码").fill(code.lower())
    phone.get_by_label("设置密码").fill(OWN_PASSWORD)
    phone.get_by_label("再输入一次密码").fill(OWN_PASSWORD)
    phone.get_by_role("button", name="激活").click()
    expect(phone.get_by_role("heading", name="账号已激活")).to_be_visible()
    shot(phone, "worker-activated")

    phone.get_by_role("link", name="去登录").click()
    phone.get_by_label("用户名").fill(number)
    phone.get_by_label("密码", exact=True).fill(OWN_PASSWORD)
    phone.get_by_role("button", name="登录").click()
    expect(phone).to_have_url(re.compile("/me/"))
    expect(phone.get_by_text("欧阳晓梅").first).to_be_visible()
    assert number not in phone.content()
    fits(phone)
    shot(phone, "worker-record")

    phone.goto("/me/contact/")
    phone.get_by_label("联系电话").fill("139 8501 2345")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("139 8501 2345")).to_be_visible()
    fits(phone)
    shot(phone, "worker-phone-read-back")
    phone.get_by_role("button", name="号码无误，保存").click()
    expect(phone.get_by_text("139****2345").first).to_be_visible()
    assert Person.objects.get(pk=person.pk).phone == "13985012345"

    phone.get_by_role("link", name="申请更正").first.click()
    phone.get_by_label("曾用名").fill("欧阳梅")
    phone.get_by_label("哪一条记录").select_option(label="漏登的证书")
    phone.get_by_label("哪里不对").fill("2021 年取得社会工作师证书，没有登记")
    phone.get_by_label("申请说明").fill("户口本上有曾用名")
    shot(phone, "worker-correct")
    fits(phone)
    phone.get_by_role("button", name="提交申请").click()
    expect(phone.get_by_text("户口本上有曾用名")).to_be_visible()
    fits(phone)
    shot(phone, "worker-request")
    assert Person.objects.get(pk=person.pk).former_name == ""

    request = ChangeRequest.objects.get()
    clerk = visit(f"/changes/{request.pk}/", cast.clerk_a, tolerant=True)
    expect(clerk.get_by_role("button", name="按各项结论办结")).to_have_count(0)
    expect(clerk.get_by_role("button", name="全部采纳")).to_have_count(0)

    reviewer = visit("/", cast.reviewer_a, tolerant=True)
    reviewer.get_by_role("link", name=re.compile("变更申请")).first.click()
    reviewer.get_by_role("link", name="欧阳晓梅").first.click()
    expect(reviewer.get_by_text("欧阳梅", exact=True)).to_be_visible()
    shot(reviewer, "worker-decision-items")
    shot(reviewer, "worker-decision")
    expect(reviewer.get_by_text("漏登的证书：2021 年取得社会工作师证书").first).to_be_visible()
    # Nothing is called done that was not said to have been done.
    reviewer.get_by_role("button", name="全部采纳").click()
    expect(reviewer.get_by_text("改在哪条记录，申请人可以看到").first).to_be_visible()
    assert Person.objects.get(pk=person.pk).former_name == ""
    reviewer.get_by_role("group", name=re.compile("^曾用名")).get_by_label("已改").check()
    other = reviewer.get_by_role("group", name=re.compile("^其他更正"))
    other.get_by_label("不予采纳").check()
    reviewer.locator("#id_note_other").fill("请带证书原件来登记")
    reviewer.get_by_role("button", name="按各项结论办结").click()
    expect(reviewer).to_have_url(re.compile("/changes/$"))
    assert Person.objects.get(pk=person.pk).former_name == "欧阳梅"

    phone.goto("/me/requests/")
    expect(phone.get_by_text("部分采纳").first).to_be_visible()
    expect(phone.get_by_text("请带证书原件来登记").first).to_be_visible()
    fits(phone)
    shot(phone, "worker-answered")
    phone.goto("/me/reads/")
    expect(phone.get_by_text("南明审核员").first).to_be_visible()
    fits(phone)
    shot(phone, "worker-reads")
