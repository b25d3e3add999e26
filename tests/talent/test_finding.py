"""People are found from any syllable and by every number that is printed of them; their list
shows, filters, sorts and exports what they hold."""

from __future__ import annotations

import datetime
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import load_workbook

from talent.models import Certificate, Education, Person, Post, RegistrationPeriod, Title
from tests.conftest import COUNTY_A, COUNTY_B, PREFECTURE, Cast
from tests.rows import DAY, make_organization, make_person, make_row, make_station

pytestmark = pytest.mark.django_db
NUMBER = "黔社登520102号"


def found(client: Any, query: str) -> list[str]:
    page = client.get(f"/people/?{query}")
    return [row.name for row in page.context["page"].object_list]


def by_post(client: Any, path: str, typed: str) -> str:
    return str(client.post(path, {"q": typed}, follow=True).text)


@pytest.fixture
def staff(db: None) -> list[Person]:
    """Two with everything, one with nothing."""
    people = [make_person(COUNTY_A, name) for name in ("欧阳菁华", "王桂月", "张三")]
    stations = [make_station(COUNTY_A, "甲街道社工站"), make_station(COUNTY_A, "乙街道社工站")]
    for number, (person, station) in enumerate(zip(people[:2], stations, strict=True)):
        Post.objects.create(
            person=person, station=station, region_id=COUNTY_A, kind="12"[number],
            started_on=datetime.date(2021 + number, 3, 1), started_precision="MD"[number],
        )  # fmt: skip
        for level in ("41", "2131"[number * 2 : number * 2 + 2]):
            Education.objects.create(person=person, level=level, major="社会工作", school="某校")
        Title.objects.create(person=person, series="社会工作", level="23"[number])
        Certificate.objects.create(
            person=person, level="21"[number], number=f"2023000520{number}", approved_on=DAY
        )
        RegistrationPeriod.objects.create(
            person=person, starts_on=DAY, ends_on=datetime.date(2026 + number, 2, 28),
            voucher=f"{NUMBER}{number}",
        )  # fmt: skip
    return people


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("oyjh", "欧阳菁华"), ("yjh", "欧阳菁华"), ("jh", "欧阳菁华"), ("jinghua", "欧阳菁华"),
        ("ouyang", "欧阳菁华"), ("guiyue", "王桂月"), ("GuiYue", "王桂月"), ("gui yue", "王桂月"),
        ("gy", "王桂月"), ("桂月", "王桂月"),
    ],
)  # fmt: skip
def test_from_any_syllable(
    typed: str, name: str, cast: Cast, client_of: Any, staff: list[Person]
) -> None:
    assert found(client_of(cast.clerk_a), f"q={quote(typed)}") == [name]


@pytest.mark.parametrize("who", ["prefecture", "province"])
@pytest.mark.parametrize("typed", ["yjh", "jinghua", "guiyue"])
def test_from_any_syllable_above_a_county(
    who: str, typed: str, cast: Cast, client_of: Any, staff: list[Person]
) -> None:
    assert len(found(client_of(getattr(cast, who)), f"q={typed}")) == 1


def test_letters_are_looked_up_in_an_index(db: None, django_assert_num_queries: Any) -> None:
    """At a million people nothing else answers in time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM talent_person"
            " WHERE initials LIKE '%oyjh%' OR pinyin LIKE '%guiyue%'"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert plan.count("person_sounds") == 2, plan


@pytest.mark.parametrize("number", ["7K3MQ80WX529", "ABCDEFGHJKMN"])
@pytest.mark.parametrize("written", [str, str.lower])
def test_the_number_of_a_person(
    number: str, written: Any, cast: Cast, client_of: Any, staff: list[Person]
) -> None:
    """In the top bar, the list of people and every list of what belongs to people."""
    person = staff[0]
    Person.objects.filter(pk=person.pk).update(number=number)
    client = client_of(cast.clerk_a)
    for path in ("/search/", "/people/", "/posts/", "/certificates/", "/registrations/",
                 "/educations/", "/titles/"):  # fmt: skip
        page = by_post(client, path, written(number))
        assert "欧阳菁华" in page, path
        assert "王桂月" not in page, path


def test_the_number_of_a_registration(cast: Cast, client_of: Any, staff: list[Person]) -> None:
    client = client_of(cast.clerk_a)
    for path in ("/search/", "/people/"):
        page = by_post(client, path, f"{NUMBER}0")
        assert "欧阳菁华" in page, path
        assert "王桂月" not in page, path


@pytest.mark.parametrize("typed", ["gz2025-00123", "GZ202500123", "ＧＺ2025—00123"])
def test_a_number_however_it_is_written(
    typed: str, cast: Cast, client_of: Any, staff: list[Person]
) -> None:
    RegistrationPeriod.objects.filter(person=staff[1]).update(voucher="GZ2025-00123")
    client = client_of(cast.clerk_a)
    for path in ("/search/", "/people/", "/registrations/"):
        page = by_post(client, path, typed)
        assert "王桂月" in page, path
        assert "欧阳菁华" not in page, path


def test_a_certificate_numbered_like_an_id_card(
    cast: Cast, client_of: Any, staff: list[Person]
) -> None:
    """Most are: 18 digits, which are nobody's ID number."""
    number = "202648497899950614"
    Certificate.objects.filter(person=staff[1]).update(number=number)
    client = client_of(cast.clerk_a)
    for path in ("/search/", "/people/", "/certificates/"):
        page = by_post(client, path, number)
        assert "王桂月" in page, path
        assert "欧阳菁华" not in page, path
    assert "王桂月" not in by_post(client_of(cast.clerk_b), "/people/", number)


def test_nobody_of_another_county_by_number(cast: Cast, client_of: Any) -> None:
    stranger = make_person(COUNTY_B, "外人")
    Person.objects.filter(pk=stranger.pk).update(number="7K3MQ80WX529")
    client = client_of(cast.clerk_a)
    for path in ("/search/", "/people/"):
        assert "外人" not in by_post(client, path, "7K3MQ80WX529")


def station_key(staff: list[Person]) -> str:
    return str(staff[0].posts.get().station_id)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("post=1", ["欧阳菁华"]), ("post=1&post=2", ["欧阳菁华", "王桂月"]), ("post=3", []),
        ("education=21", ["欧阳菁华"]), ("education=31", ["王桂月"]), ("education=41", []),
        ("title=2", ["欧阳菁华"]), ("title=2&title=3", ["欧阳菁华", "王桂月"]),
        ("level=1", ["王桂月"]), ("station={station}", ["欧阳菁华"]),
    ],
)  # fmt: skip
def test_filters(
    query: str, names: list[str], cast: Cast, client_of: Any, staff: list[Person]
) -> None:
    client = client_of(cast.clerk_a)
    assert found(client, query.format(station=station_key(staff))) == names


def test_whoever_serves_at_a_station_beside_another_one(
    cast: Cast, client_of: Any, staff: list[Person]
) -> None:
    first = staff[0].posts.get()
    Post.objects.create(
        person=staff[1], station=first.station, region_id=COUNTY_A, started_on=DAY, is_primary=False
    )
    client = client_of(cast.clerk_a)
    assert found(client, f"station={first.station_id}") == ["欧阳菁华", "王桂月"]
    page = client.get("/people/?cols=employer&cols=other_employers&q=wgy").text
    assert "乙街道社工站" in page
    assert "甲街道社工站" in page


SORTED = [
    "employer", "post", "employment", "started_on", "education", "major", "school", "title",
    "certificate", "certificate_number", "approved_on", "registered_until", "status", "region",
]  # fmt: skip


@pytest.mark.parametrize("column", SORTED)
def test_sorted_with_blanks_last_both_ways(
    column: str, cast: Cast, client_of: Any, staff: list[Person]
) -> None:
    client = client_of(cast.clerk_a)
    up, down = (found(client, f"sort={minus}{column}") for minus in ("", "-"))
    assert sorted(up) == sorted(down) == sorted(p.name for p in staff)
    if column in {"status", "region"}:
        return
    assert up[-1] == down[-1] == "张三"
    if column in {"post", "started_on", "education", "title", "certificate_number"}:
        assert up[:2] == ["欧阳菁华", "王桂月"]
        assert down[:2] == ["王桂月", "欧阳菁华"]


def test_pages_in_an_order_of_others_rows(cast: Cast, client_of: Any) -> None:
    """Also from behind, where the second half is read backwards."""
    for number in range(45):
        person = make_person(COUNTY_A, "张三")
        if number % 3:
            Title.objects.create(person=person, series=f"系列{number:02d}", level="3")
    client = client_of(cast.clerk_a)
    pages = [
        client.get(f"/people/?sort=-title&cols=title&per=20&page={page}")
        .context["page"]
        .object_list
        for page in (1, 2, 3)
    ]
    titles = [row.held_title or "" for page in pages for row in page]
    assert len(titles) == 45
    assert titles == sorted(titles, reverse=True)


def exported(client: Any, **sent: Any) -> list[dict[str, Any]]:
    answer = client.post("/people/export/", {"format": "xlsx", **sent})
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    head = next(n for n, row in enumerate(rows) if "姓名" in row)
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :] if row[0]]


def test_the_export_has_them_in_the_order_of_the_list(
    cast: Cast, client_of: Any, staff: list[Person]
) -> None:
    rows = exported(client_of(cast.clerk_a), filter="sort=-started_on")
    assert [row["姓名"] for row in rows] == ["王桂月", "欧阳菁华", "张三"]
    wang, ouyang, zhang = rows
    assert ouyang["工作单位"] == "甲街道社工站"
    assert (ouyang["入职日期"], wang["入职日期"]) == ("2021-03", datetime.datetime(2022, 3, 1))
    assert (ouyang["学历"], ouyang["专业"], ouyang["毕业院校"]) == ("本科", "社会工作", "某校")
    assert ouyang["职称"] == "社会工作副高级"
    assert (ouyang["证书级别"], ouyang["管理号"]) == ("社会工作师", "20230005200")
    assert ouyang["登记有效期至"] == datetime.datetime(2026, 2, 28)
    assert not zhang["工作单位"]
    assert not zhang["学历"]


def test_what_ended_is_not_shown(cast: Cast, client_of: Any, staff: list[Person]) -> None:
    ended = datetime.date(2024, 1, 1)
    for model in (Post, Certificate, Education, Title, RegistrationPeriod):
        model.objects.filter(person=staff[0]).update(ended_on=ended, end_reason="误录")
    row = exported(client_of(cast.clerk_a), filter="q=oyjh")[0]
    for heading in ("工作单位", "岗位", "证书级别", "学历", "职称", "登记有效期至"):
        assert not row[heading], heading


def test_a_post_elsewhere_is_told_with_its_person(cast: Cast, client_of: Any) -> None:
    """A part-time post in the next county belongs to the life of the person."""
    person = make_person(COUNTY_A, "张三")
    office = make_organization(COUNTY_B, "花溪区某中心")
    Post.objects.create(
        person=person, organization=office, region_id=COUNTY_B, started_on=DAY, is_primary=False
    )
    client = client_of(cast.clerk_a)
    (row,) = exported(client)
    assert row["工作单位"] == "花溪区某中心"
    # As on the record: employer and dates, not what she does there.
    assert not row["岗位"]
    assert not row["用工性质"]
    assert found(client, "post=3") == []


def test_the_api_takes_the_same_conditions(cast: Cast, client_of: Any, staff: list[Person]) -> None:
    answer = client_of(cast.clerk_a).get("/api/v1/people/?education=21&q=jinghua").json()
    assert [row["name"] for row in answer["results"]] == ["欧阳菁华"]


def test_titles_of_others_do_not_cost_a_query_a_row(
    cast: Cast, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        make_row("title", COUNTY_A)
    client = client_of(cast.prefecture)
    client.get("/people/")
    with django_assert_max_num_queries(25):
        client.get(f"/people/?region={PREFECTURE}&cols=title")
