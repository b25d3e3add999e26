"""The ledger of organisations, as the registers of civil affairs have them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from core.entities.made import form_of
from core.ledgers import actions
from core.models import ImportBatch
from core.rules import RuleError
from stations.entities import ORGANIZATIONS
from stations.models import Organization
from stations.organizations.entity import check as check_rules
from tests.conftest import COUNTY_A, COUNTY_B, PREFECTURE, TOWNSHIP_A, Cast
from tests.imports.ledgers import (
    answer,
    apply,
    check,
    outcomes,
    people,
    person,
    row_of,
    take,
    words,
    workbook,
)
from tests.rows import make_organization

pytestmark = pytest.mark.django_db
D = datetime.date
NAME = "南明区同心社会工作服务中心"
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(region: str = "520102", serial: int = 1) -> str:
    """A valid one of a 民办非企业单位 that civil affairs of a region registered."""
    code = f"52{region}MJ{serial:07d}"
    total = sum(_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code))
    return code + _ALPHABET[(31 - total % 31) % 31]


def sheet(*rows: dict[str, Any], title: str = "") -> bytes:
    head = list(dict.fromkeys(label for row in rows for label in row))
    lines = [[row.get(label, "") for label in head] for row in rows]
    return workbook([*([[title]] if title else []), head, *lines])


def full(**cells: Any) -> dict[str, Any]:
    """As a county's register of 民办非企业单位 heads its columns."""
    return {
        "序号": 1,
        "社会组织名称": NAME,
        "社会信用代码": credit_code(),
        "社会组织类型": "民办非企业单位",
        "登记机关级别": "区级",
        "成立登记日期": "2014.5.6",
        "业务主管单位": "南明区民政局",
        "住所": "新华路1号",
        "法定代表人": "张三",
        "联系电话": "0851-85501234、13800001234",
        "是否建立党组织": "联合党支部",
        "评估等级": "AAA",
        "评估有效期": "2023年12月至2028年12月",
        "是否具有免税资格": "是",
        "免税资格有效期": "2027-12-31",
        "是否具有税前扣除资格": "否",
        **cells,
    }


def test_a_register_of_civil_affairs_is_understood(cast: Cast) -> None:
    make_organization(COUNTY_A, "南明区民政局")
    batch = take(cast.clerk_a, "organizations", sheet(full()))
    assert outcomes(batch) == {"new": 1}
    made = Organization.objects.get(name=NAME)
    assert (made.kind, made.region_id, made.credit_code) == ("4", COUNTY_A, credit_code())
    assert (made.registration_level, made.registered_on) == ("3", D(2014, 5, 6))
    assert made.parent is not None
    assert made.parent.name == "南明区民政局"
    assert (made.address, made.contact_phone) == ("新华路1号", "0851-85501234")
    assert (made.party_branch, made.rating, made.rated_until) == ("2", "3", D(2028, 12, 31))
    assert (made.tax_exempt, made.tax_exempt_until) == ("1", D(2027, 12, 31))
    assert (made.deductible, made.deductible_until) == ("0", None)
    assert not made.is_incomplete
    # Who represents it is a person, and is not read.
    assert "张三" not in str(row_of(batch, 2).writes)


def test_the_same_again_changes_nothing_and_another_value_does(cast: Cast) -> None:
    take(cast.clerk_a, "organizations", sheet(full()))
    before = list(Organization.objects.order_by("pk").values())
    assert outcomes(take(cast.clerk_a, "organizations", sheet(full()))) == {"unchanged": 1}
    assert list(Organization.objects.order_by("pk").values()) == before
    batch = take(cast.clerk_a, "organizations", sheet(full(评估等级="4A级", 住所="新华路2号")))
    assert outcomes(batch) == {"changed": 1}
    assert row_of(batch, 2).diff == [["评估等级", "3A", "4A"], ["地址", "新华路1号", "新华路2号"]]
    actions.undo(batch=batch, by=cast.clerk_a)
    made = Organization.objects.get(name=NAME)
    assert (made.rating, made.address) == ("3", "新华路1号")


def test_an_undone_ledger_leaves_nothing(cast: Cast) -> None:
    batch = take(cast.clerk_a, "organizations", sheet(full()))
    assert Organization.objects.count() == 2
    actions.undo(batch=batch, by=cast.clerk_a)
    # Neither the organisation nor the superior body that was planned with it.
    assert not Organization.objects.exists()


@pytest.mark.parametrize(
    ("label", "cell", "field", "stored"),
    [
        ("名称", NAME, "name", NAME),
        ("单位名称", NAME, "name", NAME),
        ("注册时间", "2014年5月", "registered_on", D(2014, 5, 1)),
        ("注销时间", "2020-01-02", "deregistered_on", D(2020, 1, 2)),
        ("登记证号", credit_code(), "credit_code", credit_code()),
        ("所属系统", "公安", "system", "02"),
        ("系统", "团委", "system", "06"),
        ("系统", "卫健", "system", "10"),
        ("系统", "人力资源社会保障", "system", "09"),
        ("登记级别", "省本级", "registration_level", "1"),
        ("登记级别", "州级", "registration_level", "2"),
        ("登记机关", "南明区民政局", "registration_level", "3"),
        ("登记管理机关", "贵阳市民政局", "registration_level", "2"),
        ("登记管理机关", "贵州省民政厅", "registration_level", "1"),
        ("党组织情况", "单独组建", "party_branch", "1"),
        ("党组织情况", "无", "party_branch", "0"),
        ("党组织情况", "/", "party_branch", ""),
        ("党组织情况", "√", "party_branch", "1"),
        ("党组织", 0, "party_branch", "0"),
        ("评估等级", "五A级", "rating", "5"),
        ("评估等级", "无", "rating", "0"),
        ("星级", "三星级", "rating", "3"),
        ("评估等级", "未参评", "rating", "0"),
        ("评估等级有效期至", "2026.11", "rated_until", D(2026, 11, 30)),
        ("非营利组织免税资格", "已取得", "tax_exempt", "1"),
        ("公益性捐赠税前扣除资格", 1, "deductible", "1"),
        ("类型", "社会工作服务机构", "kind", "4"),
        ("机构类别", "高校", "kind", "5"),
    ],
)
def test_headings_and_words(label: str, cell: Any, field: str, stored: Any, cast: Cast) -> None:
    row = {"机构名称": NAME, label: cell} if field != "name" else {label: cell, "地址": "某路"}
    batch = take(cast.clerk_a, "organizations", sheet(row))
    assert outcomes(batch) == {"new": 1}, words(batch, 2)
    assert batch.open_questions == []
    assert getattr(Organization.objects.get(), field) == stored


def test_what_cannot_be_read_in_an_optional_column_costs_no_row(cast: Cast) -> None:
    row = {"名称": NAME, "信用代码": "52520102MJ00000019", "电话": "见附件", "评估等级": "优秀"}
    batch = take(cast.clerk_a, "organizations", sheet(row))
    assert outcomes(batch) == {"new": 1}
    assert "校验不符" in words(batch, 2)
    assert [q["word"] for q in batch.open_questions] == ["优秀"]
    made = Organization.objects.get()
    assert (made.credit_code, made.contact_phone, made.rating) == ("", "", "")


# --- Where it is -----------------------------------------------------------------------------
def test_a_county_is_where_its_own_organisations_are(cast: Cast) -> None:
    take(cast.clerk_a, "organizations", sheet({"名称": "同心社会工作服务中心"}))
    assert Organization.objects.get().region_id == COUNTY_A


@pytest.mark.parametrize(
    ("cells", "region"),
    [
        ({"名称": "花溪区益路社会工作服务中心"}, COUNTY_B),
        ({"名称": "某社会工作服务中心", "所在地区": "南明区"}, COUNTY_A),
        ({"名称": "某社会工作服务中心", "信用代码": credit_code(COUNTY_B)}, COUNTY_B),
        ({"名称": "贵阳市某社会工作服务中心"}, PREFECTURE),
        # Whose register is a county's lies in one.
        ({"名称": "贵阳市某社会工作服务中心", "登记级别": "县", "信用代码": credit_code(COUNTY_B)},
         COUNTY_B),
        ({"名称": "某社会工作服务中心", "登记级别": "省级"}, "52"),
    ],
)  # fmt: skip
def test_the_province_is_told_where(cells: dict[str, Any], region: str, cast: Cast) -> None:
    batch = take(cast.province, "organizations", sheet(cells))
    assert outcomes(batch) == {"new": 1}
    assert Organization.objects.get().region_id == region


def test_what_says_no_place_is_asked_once_and_never_the_provinces(cast: Cast) -> None:
    rows = [{"名称": f"{word}社会工作服务中心", "地址": ""} for word in ("同心", "益路")]
    batch = check(cast.province, "organizations", sheet(*rows))
    assert outcomes(batch) == {"held": 2}
    (question,) = batch.open_questions
    assert dict(question["options"])[COUNTY_A].endswith("南明区")
    batch = answer(batch, by=cast.province, **{question["id"]: COUNTY_A})
    apply(batch)
    assert set(Organization.objects.values_list("region_id", flat=True)) == {COUNTY_A}


def test_a_countys_organisation_of_a_prefectures_name_is_asked_for(cast: Cast) -> None:
    row = {"名称": "贵阳市某社会工作服务中心", "登记级别": "县级"}
    batch = check(cast.prefecture, "organizations", sheet(row))
    assert outcomes(batch) == {"held": 1}
    (question,) = batch.open_questions
    assert {len(code) for code, _ in question["options"]} == {6}


# --- Known ones ------------------------------------------------------------------------------
def _planned(cast: Cast) -> Organization:
    """As a ledger of people leaves an employer that it names."""
    take(cast.clerk_a, "people", people(person(工作单位="同心社会工作服务中心")))
    made = Organization.objects.get()
    assert (made.is_incomplete, made.region_id) == (True, TOWNSHIP_A)
    return made


@pytest.mark.parametrize("place", ["", "南明区"])
def test_a_bare_name_is_completed(place: str, cast: Cast) -> None:
    """Where whoever named it lay, or where the ledger says that it is."""
    planned = _planned(cast)
    row = {"名称": planned.name, "类型": "社工机构", "所在地区": place, "信用代码": credit_code()}
    batch = take(cast.clerk_a, "organizations", sheet(row))
    assert outcomes(batch) == {"changed": 1}
    made = Organization.objects.get()
    assert (made.pk, made.is_incomplete, made.kind) == (planned.pk, False, "4")
    assert made.region_id == (COUNTY_A if place else TOWNSHIP_A)
    assert made.credit_code == credit_code()
    assert outcomes(take(cast.clerk_a, "organizations", sheet(row))) == {"unchanged": 1}
    actions.undo(batch=batch, by=cast.clerk_a)
    again = Organization.objects.get()
    assert (again.is_incomplete, again.region_id, again.credit_code) == (True, TOWNSHIP_A, "")


def test_a_ledger_that_tells_no_kind_completes_nothing(cast: Cast) -> None:
    made = make_organization(COUNTY_A, "益路发展中心", is_incomplete=True)
    row = {"名称": made.name, "地址": "某路"}
    assert outcomes(take(cast.clerk_a, "organizations", sheet(row))) == {"changed": 1}
    made.refresh_from_db()
    assert (made.is_incomplete, made.address) == (True, "某路")
    take(cast.clerk_a, "organizations", sheet({"名称": "山水发展中心", "地址": "某路"}))
    assert Organization.objects.get(name="山水发展中心").is_incomplete


def test_the_code_is_found_whichever_side_lacks_it(cast: Cast) -> None:
    bare = {"名称": NAME, "地址": "某路"}
    take(cast.clerk_a, "organizations", sheet(bare))
    coded = bare | {"信用代码": credit_code()}
    assert outcomes(take(cast.clerk_a, "organizations", sheet(coded))) == {"changed": 1}
    assert outcomes(take(cast.clerk_a, "organizations", sheet(bare))) == {"unchanged": 1}
    assert Organization.objects.count() == 1


def test_another_code_is_another_organisation(cast: Cast) -> None:
    take(cast.clerk_a, "organizations", sheet({"名称": NAME, "信用代码": credit_code()}))
    other = {"名称": NAME, "信用代码": credit_code(serial=2), "地址": "某路"}
    batch = take(cast.clerk_a, "organizations", sheet(other))
    assert outcomes(batch) == {"held": 1}
    assert credit_code() in words(batch, 2)


def test_another_name_of_a_code_is_remarked_on_and_kept(cast: Cast) -> None:
    take(cast.clerk_a, "organizations", sheet({"名称": NAME, "信用代码": credit_code()}))
    row = {"名称": "南明区同欣社会工作服务中心", "信用代码": credit_code(), "地址": "某路"}
    batch = take(cast.clerk_a, "organizations", sheet(row))
    assert outcomes(batch) == {"changed": 1}
    assert f"在册的名称是「{NAME}」" in words(batch, 2)
    assert Organization.objects.get().name == NAME


def test_two_rows_about_one_organisation(cast: Cast) -> None:
    """With its code and without: the second would break what there is one of."""
    rows = {"名称": NAME, "信用代码": credit_code()}, {"名称": NAME, "地址": "某路"}
    for expected in ({"new": 1, "held": 1}, {"unchanged": 1, "held": 1}):
        batch = take(cast.clerk_a, "organizations", sheet(*rows))
        assert outcomes(batch) == expected
        assert "与第 2 行是同一机构" in words(batch, 3)
    assert Organization.objects.count() == 1


def test_an_organisation_of_another_office_is_not_touched(cast: Cast) -> None:
    row = {"名称": "某社会工作服务中心", "信用代码": credit_code(), "所在地区": "南明区"}
    take(cast.clerk_a, "organizations", sheet(row))
    theirs = {"名称": row["名称"], "信用代码": row["信用代码"], "地址": "某路"}
    batch = take(cast.clerk_b, "organizations", sheet(theirs))
    assert outcomes(batch) == {"held": 1}
    assert "已由贵阳市 南明区登记" in words(batch, 2)
    assert Organization.objects.get().address == ""


# --- What it is under ------------------------------------------------------------------------
def test_a_superior_body_that_is_a_row_of_the_same_ledger(cast: Cast) -> None:
    rows = (
        {"名称": NAME, "业务主管单位": "南明区残联"},
        {"名称": "南明区残联", "业务主管单位": ""},
    )
    batch = take(cast.clerk_a, "organizations", sheet(*rows))
    assert outcomes(batch) == {"new": 2}
    above = Organization.objects.get(name="南明区残联")
    assert Organization.objects.get(name=NAME).parent == above
    assert not above.is_incomplete
    assert outcomes(take(cast.clerk_a, "organizations", sheet(*rows))) == {"unchanged": 2}


def test_a_superior_body_outside_the_county_is_known_again(cast: Cast) -> None:
    """As the own export says it: no second 贵阳市民政局 is made of it."""
    above = make_organization(PREFECTURE, "贵阳市民政局")
    make_organization(COUNTY_A, NAME, parent=above)
    row = {"名称": NAME, "主管单位": "贵阳市民政局"}
    assert outcomes(take(cast.clerk_a, "organizations", sheet(row))) == {"unchanged": 1}
    assert Organization.objects.filter(name="贵阳市民政局").count() == 1


def test_nothing_is_its_own_superior_body(cast: Cast) -> None:
    row = {"名称": NAME, "主管单位": NAME}
    for _ in range(2):
        take(cast.clerk_a, "organizations", sheet(row))
    assert Organization.objects.get().parent is None


# --- Its life --------------------------------------------------------------------------------
def test_what_has_gone_without_a_day_is_asked(cast: Cast) -> None:
    rows = (
        {"名称": NAME, "登记状态": "已注销", "注销时间": ""},
        {"名称": "南明区益路社会工作服务中心", "登记状态": "注销", "注销时间": "2021-01-01"},
    )
    batch: ImportBatch = take(cast.clerk_a, "organizations", sheet(*rows))
    assert outcomes(batch) == {"new": 1, "held": 1}
    assert "没有注销日期" in words(batch, 2)
    assert Organization.objects.get().deregistered_on == D(2021, 1, 1)


def test_nothing_ends_before_it_began(cast: Cast) -> None:
    with pytest.raises(RuleError, match="不能早于登记日期"):
        check_rules(
            Organization(name="某", registered_on=D(2020, 1, 1), deregistered_on=D(2019, 1, 1))
        )
    row = {"名称": NAME, "成立时间": "2020-01-01", "注销时间": "2019-01-01"}
    assert outcomes(check(cast.clerk_a, "organizations", sheet(row))) == {"refused": 1}
    take(cast.clerk_a, "organizations", sheet({"名称": NAME, "成立时间": "2020-01-01"}))
    later = check(cast.clerk_a, "organizations", sheet({"名称": NAME, "注销时间": "2019-01-01"}))
    assert outcomes(later) == {"held": 1}
    assert "不能早于登记日期" in words(later, 2)


def test_a_title_tells_what_all_are(cast: Cast) -> None:
    data = sheet({"名称": "益路发展中心", "地址": "某路"}, title="南明区社会工作服务机构名单")
    batch = check(cast.clerk_a, "organizations", data)
    assert batch.reading["told"] == {"kind": "社工机构"}


def test_a_validity_of_a_month_is_its_last_day_in_the_form_too(cast: Cast) -> None:
    form = form_of(ORGANIZATIONS, is_new=True)(
        {"name": "某", "kind": "4", "region": COUNTY_A, "rated_until": "2026-11", "rating": "3"},
        user=cast.clerk_a,
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data["rated_until"] == D(2026, 11, 30)


def test_the_list_is_narrowed_by_what_forms_ask(cast: Cast, client_of: Any) -> None:
    old = make_organization(COUNTY_A, "甲机构", rating="3", rated_until=D(2020, 1, 1))
    new = make_organization(COUNTY_A, "乙机构", rating="5", rated_until=D(2999, 1, 1), system="02")
    client = client_of(cast.clerk_a)
    for asked, found, left in (
        ("rated=no", old, new), ("rated=yes", new, old), ("rating=5", new, old),
        ("system=02", new, old),
    ):  # fmt: skip
        page = client.get(f"/organizations/?{asked}").text
        assert found.name in page, asked
        assert left.name not in page, asked
