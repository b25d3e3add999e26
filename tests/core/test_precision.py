"""How exactly a date is known: shown, kept, corrected and told in the history."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from core.dates import precision_name
from core.entities.changes import changes_of, changes_of_many
from core.entities.entity import ENTITIES
from core.entities.made import form_of
from stations.models import Station
from talent.models import Certificate, GraduateStat, Person
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.core.test_entity_editing import form_data
from tests.imports.ledgers import outcomes, row_of, take
from tests.imports.test_stations import row as station
from tests.imports.test_stations import stations
from tests.rows import make_person, make_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(cast: Cast) -> Certificate:
    return Certificate.objects.create(
        person=make_person(TOWNSHIP_A), level="2", number="AAAA1111111",
        approved_on=datetime.date(2021, 3, 1), approved_precision="M",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "precision", "old", "new"),
    [
        ("2021-03-01", "D", "2021-03", "2021-03-01"),
        ("2021", "Y", "2021-03", "2021"),
        ("2021-06-15", "D", "2021-03", "2021-06-15"),
    ],
)
def test_a_date_is_known_as_it_was_written(
    typed: str, precision: str, old: str, new: str,
    certificate: Certificate, cast: Cast, client_of: Any,
) -> None:  # fmt: skip
    client = client_of(cast.clerk_a)
    url = f"/certificates/{certificate.pk}/edit/"
    data = form_data(client, url)
    assert data["approved_on"] == "2021-03"
    assert client.post(url, data | {"approved_on": typed}).status_code == 302
    certificate.refresh_from_db()
    assert certificate.approved_precision == precision
    (row,) = changes_of(certificate)[0].rows
    assert (row["label"], row["old"], row["new"]) == ("批准日期", old, new)


def test_an_untouched_month_is_no_change(
    certificate: Certificate, cast: Cast, client_of: Any
) -> None:
    client = client_of(cast.clerk_a)
    url = f"/certificates/{certificate.pk}/edit/"
    client.post(url, form_data(client, url) | {"issuer": "人社厅"})
    certificate.refresh_from_db()
    assert (certificate.approved_precision, certificate.issuer) == ("M", "人社厅")


def test_a_changed_number_is_in_the_history(certificate: Certificate) -> None:
    certificate.number = "BBBB2222222"
    certificate.save()
    (row,) = changes_of(certificate)[0].rows
    assert (row["old"], row["new"]) == ("AAAA1111111", "BBBB2222222")


def test_a_change_whose_former_version_is_far_back_is_told_whole(certificate: Certificate) -> None:
    other = Certificate.objects.create(
        person=certificate.person, level="1", approved_on=datetime.date(2020, 1, 1)
    )
    certificate.issuer = "人社厅"
    certificate.save()
    for n in range(12):
        other.issuer = f"第 {n} 处"
        other.save()
    oldest = changes_of_many([certificate, other], limit=11)[-1]
    certificate.issuer = "省人社厅"
    certificate.save()
    assert oldest.rows
    for change in changes_of_many([certificate, other], limit=3):
        assert change.rows[0]["old"] != change.rows[0]["new"]


def test_a_colleagues_nought_is_no_empty_field(cast: Cast, client_of: Any) -> None:
    figures = make_row("graduatestat", COUNTY_A)
    GraduateStat.objects.filter(pk=figures.pk).update(stayed=None)
    first, second = client_of(cast.clerk_a), client_of(cast.reviewer_a)
    url = f"/graduates/{figures.pk}/edit/"
    mine, theirs = form_data(first, url), form_data(second, url)
    assert second.post(url, theirs | {"stayed": "0"}).status_code == 302
    page = first.post(url, mine | {"document": "文〔2025〕1号"})
    only = {row["name"]: row["only"] for row in page.context["rows"]}
    assert only == {"stayed": "theirs", "document": "mine"}


# --- Every day that a form lets one write as a month -------------------------------------------
KEPT = [
    ("station", "built_on", "built_precision"),
    ("station", "approval_date", "approval_date_precision"),
    ("station", "planned_on", "planned_precision"),
    ("education", "graduated_on", "graduated_precision"),
    ("title", "obtained_on", "obtained_precision"),
]


@pytest.mark.parametrize(("kind", "name", "precision"), KEPT)
@pytest.mark.parametrize(("typed", "known"), [("2016.7", "2016-07"), ("2016", "2016")])
def test_a_month_stays_a_month(
    kind: str, name: str, precision: str, typed: str, known: str, cast: Cast, client_of: Any
) -> None:
    record = make_row(kind, TOWNSHIP_A)
    client, entity = client_of(cast.clerk_a), ENTITIES[kind]
    url = entity.url("edit", record)
    data = form_data(client, url)
    assert "只知道年月可写 2021-03" in client.get(url).text
    sent = data | {name: typed, "reason": "已核对"}
    if kind == "station":
        sent |= {"approval_number": "民发1号"}
    assert client.post(url, sent).status_code == 302
    record.refresh_from_db()
    assert getattr(record, name).isoformat() == f"{known}-01-01"[:10]
    assert getattr(record, precision) == {7: "M", 4: "Y"}[len(known)]
    page = client.get(entity.url("detail", record)).text
    assert f"{known}<" in page.replace("\n", "")
    assert form_data(client, url)[name] == known


def test_no_form_asks_for_a_month_that_it_would_not_keep() -> None:
    """Whatever invites it has the column for it."""
    for entity in ENTITIES.values():
        if not entity.sections or not entity.has("create"):
            continue
        instance = entity.model(**{entity.parent: Person()} if entity.parent == "person" else {})
        form = form_of(entity)(user=None, instance=instance)
        for name, field in form.fields.items():
            if "年月" in str(field.help_text):
                assert precision_name(name) in entity.field_names, (entity.name, name)


def test_a_station_of_a_ledger(cast: Cast) -> None:
    take(cast.clerk_a, "stations", stations(station(建成日期="2021.3")))
    built = Station.objects.get()
    assert (built.built_on, built.built_precision) == (datetime.date(2021, 3, 1), "M")
    for said, outcome, shown in (
        ("2021年3月", "unchanged", []),
        ("2021", "unchanged", []),
        ("2022.5", "changed", [["建成日期", "2021-03", "2022-05"]]),
        ("2022-05-16", "changed", [["建成日期", "2022-05", "2022-05-16"]]),
        ("2022.5", "unchanged", []),
        ("2023.5", "changed", [["建成日期", "2022-05-16", "2023-05"]]),
        # The day that stood for the month, said to be meant.
        ("2023-05-01", "changed", [["建成日期", "2023-05", "2023-05-01"]]),
        ("2022-05-16", "changed", [["建成日期", "2023-05-01", "2022-05-16"]]),
    ):
        batch = take(cast.clerk_a, "stations", stations(station(建成日期=said)))
        assert outcomes(batch) == {outcome: 1}, said
        assert row_of(batch, 2).diff == shown
    built.refresh_from_db()
    assert (built.built_on, built.built_precision) == (datetime.date(2022, 5, 16), "D")


def test_a_paper_that_goes_takes_its_precision_along(cast: Cast, client_of: Any) -> None:
    station = make_row("station", TOWNSHIP_A)
    client, url = client_of(cast.clerk_a), f"/stations/{station.pk}/edit/"
    for number, day, reason in (("民发1号", "2021.3", ""), ("", "", "撤销了")):
        sent = form_data(client, url) | {"approval_number": number, "approval_date": day}
        assert client.post(url, sent | {"reason": reason}).status_code == 302
    station.refresh_from_db()
    assert (station.approval_date, station.approval_date_precision) == (None, "D")
