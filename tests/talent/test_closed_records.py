"""What is merged or closed says so and takes nothing more; what is decided says whose it is."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.urls import reverse

from core.dates import today
from core.models import Region
from core.notices.waiting import waiting_for
from core.rules import RuleError
from stations.models import StationMonthly
from stations.places.actions import close_station
from talent import actions
from talent.models import Certificate, KeyTalentClaim, Person, Post
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.rows import DAY, make_person, make_row, make_station

pytestmark = pytest.mark.django_db
CLAIM = {"qualified_on": "2023-03-01", "native_basis": "1", "origin": "1", "evidence": "证书"}


@pytest.fixture
def merged(cast: Cast) -> tuple[Person, Person]:
    person, kept = make_person(TOWNSHIP_A, "王晓明"), make_person(TOWNSHIP_A, "王小明")
    actions.merge_person(person=person, kept=kept, by=cast.reviewer_a, reason="同一人核对")
    person.refresh_from_db()
    return person, kept


def test_a_merged_record_leads_to_the_kept_one(
    merged: tuple[Person, Person], cast: Cast, client_of: Any
) -> None:
    person, kept = merged
    client = client_of(cast.clerk_a)
    page = client.get(reverse("person_detail", args=[person.pk])).text
    assert reverse("person_detail", args=[kept.pk]) in page
    for word in ("添加证书", "申报", "生成本人登录激活码", "去补充"):
        assert word not in page
    kept_page = client.get(reverse("person_detail", args=[kept.pk])).text
    assert "添加证书" in kept_page


def test_nothing_is_added_to_a_merged_record(
    merged: tuple[Person, Person], cast: Cast, client_of: Any
) -> None:
    person, _ = merged
    client = client_of(cast.clerk_a)
    data = {"person": str(person.pk), "level": "1", "approved_on": "2023-03-01"}
    answer = client.post(reverse("certificate_create"), data, follow=True)
    assert "不能再添加证书" in answer.text
    assert not Certificate.objects.exists()
    with pytest.raises(RuleError, match="已合并"):
        actions.update_person(person=person, by=cast.clerk_a)


def test_a_closed_station_says_since_when_why_and_where_to(cast: Cast, client_of: Any) -> None:
    station, successor = make_station(TOWNSHIP_A), make_station(TOWNSHIP_A)
    close_station(
        station=station, by=cast.clerk_a, closed_on=today(), reason="街道合并", successor=successor
    )
    client = client_of(cast.clerk_a)
    page = client.get(reverse("station_detail", args=[station.pk])).text
    for word in (today().isoformat(), "街道合并", reverse("station_detail", args=[successor.pk])):
        assert word in page
    assert "填报本月" not in page
    data = {"station": str(station.pk), "month": f"{today():%Y-%m}", "workers": "1"}
    assert "不能再添加" in client.post(reverse("stationmonthly_create"), data, follow=True).text
    assert not StationMonthly.objects.exists()


def test_a_month_is_no_day(cast: Cast, client_of: Any) -> None:
    row = make_row("stationmonthly", COUNTY_A)
    page = client_of(cast.clerk_a).get(reverse("stationmonthly_detail", args=[row.pk])).text
    assert f"{row.month:%Y-%m}" in page
    assert row.month.isoformat() not in page


def test_the_list_behind_a_count_is_what_was_counted(cast: Cast, client_of: Any) -> None:
    """Neither one's own claims nor transfers that the other side decides."""
    own, others = (make_row("keytalentclaim", COUNTY_A) for _ in range(2))
    KeyTalentClaim.objects.filter(pk=own.pk).update(requested_by=cast.reviewer_a)
    here, there = make_person(TOWNSHIP_A), make_person(COUNTY_B)
    regions = {code: Region.objects.get(pk=code) for code in (COUNTY_A, COUNTY_B)}
    actions.request_transfer_out(
        person=here, to_region=regions[COUNTY_B], by=cast.clerk_a, reason="调动"
    )
    actions.request_transfer_out(
        person=there, to_region=regions[COUNTY_A], by=cast.clerk_b, reason="调动"
    )
    client = client_of(cast.reviewer_a)
    counts = {waiting.code: (waiting, count) for waiting, count in waiting_for(cast.reviewer_a)}
    for code, shown in (("transfers", there.name), ("claims", others.person.name)):
        waiting, count = counts[code]
        page = client.get(reverse(waiting.url) + waiting.query)
        assert count == 1
        assert shown in page.text


def test_posts_of_another_county_are_told_and_lead_nowhere(cast: Cast, client_of: Any) -> None:
    """The life of a person does not break at the border: place, employer and dates are told,
    the rest and the way to it are not, nor what was changed there."""
    person = make_person(TOWNSHIP_A)
    before, part_time = (
        Post.objects.create(
            person=person, station=make_station(COUNTY_B, name), region_id=COUNTY_B,
            started_on=DAY, ended_on=end, is_primary=False, employment="8",
        )
        for name, end in (("溪北社工站", datetime.date(2024, 6, 1)), ("溪南社工站", None))
    )  # fmt: skip
    Post.objects.create(
        person=person, station=make_station(TOWNSHIP_A, "本地社工站"), region_id=TOWNSHIP_A,
        started_on=datetime.date(2024, 6, 1),
    )  # fmt: skip
    client = client_of(cast.clerk_a)
    page = client.get(reverse("person_detail", args=[person.pk])).text
    block = page.split('id="posts"')[1].split("</section>")[0]
    for words in ("溪北社工站", "溪南社工站", "贵阳市 花溪区", "2023-03-01", "2024-05-31"):
        assert words in block
    assert block.count("其他地区登记") == 2
    assert "志愿者" not in block
    for post in (before, part_time):
        assert str(post.pk) not in page
        assert client.get(reverse("post_detail", args=[post.pk])).status_code == 404
    history = client.get(reverse("person_history", args=[person.pk])).text
    assert "溪北社工站" not in history


def test_who_decides_sees_whose_record_it_is(cast: Cast, client_of: Any) -> None:
    person = make_person(TOWNSHIP_A, "欧阳明月")
    held = [
        Certificate.objects.create(person=person, level=level, number=number, approved_on=DAY)
        for level, number in (("1", "201900054321"), ("2", "202300012345"))
    ]
    client = client_of(cast.reviewer_a)
    one = client.get(reverse("certificate_act", args=[held[0].pk, "verify"])).text
    assert "欧阳明月，助理社会工作师 201900054321" in one
    both = client.post(
        reverse("certificate_bulk", args=["verify"]), {"ids": [str(c.pk) for c in held]}
    ).text
    assert "欧阳明月，社会工作师 202300012345" in both
    claim = make_row("keytalentclaim", COUNTY_A)
    page = client.get(reverse("keytalentclaim_act", args=[claim.pk, "accept"])).text
    for word in (claim.person.name, claim.evidence, claim.qualified_on.isoformat()):
        assert word in page


def test_a_claim_that_cannot_be_approved_is_remarked_on_at_once(cast: Cast, client_of: Any) -> None:
    person = make_person(TOWNSHIP_A, native_place="520521")
    client = client_of(cast.clerk_a)
    data = CLAIM | {"person": str(person.pk), "claim_class": "A"}
    refused = client.post(reverse("keytalentclaim_create"), data)
    assert refused.status_code == 422
    assert "没有社会工作师及以上证书" in refused.text
    assert (
        client.post(reverse("keytalentclaim_create"), data | {"reason": "证书正在补登"}).status_code
        == 302
    )
    KeyTalentClaim.objects.all().delete()
    Certificate.objects.create(person=person, level="2", approved_on=DAY)
    assert client.post(reverse("keytalentclaim_create"), data).status_code == 302
