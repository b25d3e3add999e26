"""The REST API: scope, masks, filters, pages, errors, change requests, its own description."""

from __future__ import annotations

import datetime
import json
import re
import uuid
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.test import Client
from django.urls import reverse

from core.models import ReadEvent, Region
from reports.models import Snapshot, SnapshotValue
from talent.models import ChangeRequest, Person, TransferRequest
from tests.conftest import COUNTY_A, COUNTY_B
from tests.contracts.policy import POLICIES, addresses, policy_of
from tests.contracts.test_addresses import url_for
from tests.rows import make_person, make_row

ID_NUMBER, PHONE = "520102199003077731", "13885012345"
TOWN_B = "520111004"
# The description of the API and its page are not.
OURS = sorted(
    {name for name, _ in addresses() if name.startswith("api-")} - {"api-schema", "api-docs"}
)
ENTITIES = [
    "person", "certificate", "registrationperiod", "education", "title", "post",
    "keytalentclaim", "graduatestat", "organization", "station", "stationmonthly",
    "stationtarget", "project", "milestone", "payment", "funding",
]  # fmt: skip


@pytest.mark.parametrize("entity", ENTITIES)
def test_scope_of_every_entity(entity: str, cast: Any, client_of: Any) -> None:
    own, foreign = make_row(entity, COUNTY_A), make_row(entity, COUNTY_B)
    url = reverse(f"api-{entity}-list")
    for user, expected in (
        (cast.clerk_a, {str(own.pk)}),
        (cast.clerk_b, {str(foreign.pk)}),
        (cast.prefecture, {str(own.pk), str(foreign.pk)}),
    ):
        answer = client_of(user).get(url).json()
        assert {row["id"] for row in answer["results"]} == expected
        assert answer["count"] == len(expected)
    client = client_of(cast.clerk_a)
    for query in (f"?region={COUNTY_B}", "?region=52", "?state=all"):
        assert str(foreign.pk) not in client.get(url + query).text
    assert client.get(reverse(f"api-{entity}-detail", args=[own.pk])).status_code == 200
    gone = client.get(reverse(f"api-{entity}-detail", args=[foreign.pk]))
    never = client.get(reverse(f"api-{entity}-detail", args=[uuid.uuid4()]))
    assert gone.status_code == never.status_code == 404
    assert gone.content == never.content
    assert client_of(cast.anonymous).get(url).status_code == 401
    for method in ("post", "put", "patch", "delete"):
        detail = reverse(f"api-{entity}-detail", args=[own.pk])
        assert getattr(client, method)(detail).status_code == 405


def test_numbers_are_masked_and_the_reading_is_on_record(cast: Any, client_of: Any) -> None:
    person = make_person(COUNTY_A, "张三", id_number=ID_NUMBER, phone=PHONE)
    answer = client_of(cast.reviewer_a).get("/api/v1/people/")
    row = answer.json()["results"][0]
    assert row["id_number"] == "52*************731"
    assert row["phone"] == "138****2345"
    assert row["region_name"] == "贵阳市 南明区"
    assert row["status_label"] == "在岗"
    assert ID_NUMBER not in answer.text
    assert PHONE not in answer.text
    event = ReadEvent.objects.get()
    assert (event.kind, event.people) == ("api", [person.pk])


def test_filters_search_and_pages(cast: Any, client_of: Any) -> None:
    for name in ("张三", "张四", "李五"):
        make_person(COUNTY_A, name)
    client = client_of(cast.clerk_a)
    assert client.get("/api/v1/people/", {"q": "zhang"}).json()["count"] == 2
    assert client.get("/api/v1/people/", {"q": "李五"}).json()["count"] == 1
    assert client.get("/api/v1/people/", {"status": "40"}).json()["count"] == 0
    pages = [client.get("/api/v1/people/", {"per": 2, "page": n}).json() for n in (1, 2)]
    assert [len(p["results"]) for p in pages] == [2, 1]
    assert pages[0]["next"].endswith("page=2&per=2") or "page=2" in pages[0]["next"]
    assert pages[1]["next"] is None
    ids = [row["id"] for page in pages for row in page["results"]]
    assert len(set(ids)) == 3


@pytest.mark.parametrize("name", OURS)
def test_a_misspelled_condition_is_refused(name: str, cast: Any, client_of: Any) -> None:
    """Left out, it would answer with more than was asked for."""
    policy = policy_of(name)
    assert policy is not None
    address = url_for(name, policy, policy.make(COUNTY_A) if policy.make else None)
    answer = client_of(cast.reviewer_a).get(address, {"regoin": "520102"})
    assert answer.status_code == 400
    (said,) = answer.json()["fields"]["regoin"]
    assert said.startswith("没有这个条件，"), said
    assert ("这个地址不带条件" in said) == (name.endswith("-detail") or name == "api-indicators")


def test_what_is_refused_says_what_there_is(cast: Any, client_of: Any) -> None:
    answer = client_of(cast.viewer_a).get("/api/v1/indicators/figures/", {"day": "2025-01-01"})
    assert answer.json()["fields"] == {"day": ["没有这个条件，可用的有：below、on、region。"]}


def test_parts_are_asked_for_by_what_they_belong_to(cast: Any, client_of: Any) -> None:
    client = client_of(cast.province)
    cases: list[tuple[str, str, Any, str]] = [
        ("payments", "project", make_row("payment", COUNTY_A), "project_id"),
        ("milestones", "project", make_row("milestone", COUNTY_A), "project_id"),
        ("station-months", "station", make_row("stationmonthly", COUNTY_A), "station_id"),
        ("station-targets", "station", make_row("stationtarget", COUNTY_A), "station_id"),
        ("transfers", "state", POLICIES["transferrequest_detail"].make(COUNTY_A), "state"),
        ("change-requests", "state", POLICIES["changerequest_detail"].make(COUNTY_A), "state"),
    ]
    for address, name, row, attribute in cases:
        own = client.get(f"/api/v1/{address}/", {name: getattr(row, attribute)}).json()
        assert [one["id"] for one in own["results"]] == [str(row.pk)], address
        other = "2" if name == "state" else uuid.uuid4()
        assert client.get(f"/api/v1/{address}/", {name: other}).json()["count"] == 0, address
        assert client.get(f"/api/v1/{address}/", {name: "x"}).status_code == 400, address
        assert client.get(f"/api/v1/{address}/", {"q": "某"}).status_code == 200, address


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=x",
        "page=99",
        "per=0",
        "per=1000",
        "per=-1",
        "q=%00",
        "status=zz",
        "region=100%",
        "regoin=52",
    ],
)
def test_bad_queries_are_a_sentence_in_chinese(query: str, cast: Any, client_of: Any) -> None:
    answer = client_of(cast.clerk_a).get(f"/api/v1/people/?{query}")
    assert answer.status_code == 400
    assert re.search(r"[\u4e00-\u9fff]", answer.json()["detail"])
    assert not re.search(r"[a-z]{4,} [a-z]{2,}", json.dumps(answer.json().get("fields")))


@pytest.mark.parametrize(
    "header", ["Token", "Token a b", "Token nonsense", "Token \xff\xfe", "Bearer x", "Basic eDp5"]
)
def test_bad_tokens(header: str, db: Any) -> None:
    answer = Client().get("/api/v1/people/", HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Token"
    assert re.search(r"[\u4e00-\u9fff]", answer.json()["detail"])


def test_who_asks_for_a_transfer_does_not_see_the_person(cast: Any, client_of: Any) -> None:
    person = make_person(COUNTY_B, "欧阳娜")
    TransferRequest.objects.create(
        person=person, from_region_id=TOWN_B, to_region_id=COUNTY_A, direction="in",
        reason="调入", requested_by=cast.clerk_a, due_on=datetime.date(2030, 1, 1),
    )  # fmt: skip
    asking = client_of(cast.clerk_a).get("/api/v1/transfers/")
    assert asking.json()["count"] == 1
    assert "欧阳娜" not in asking.text
    assert str(person.pk) not in asking.text
    # Of the place no more than the county, in the API and on both pages (R4).
    town = Region.objects.get(pk=TOWN_B)
    pages = ("/transfers/", f"/transfers/{TransferRequest.objects.get().pk}/")
    for text in (asking.text, *(client_of(cast.clerk_a).get(page).text for page in pages)):
        assert TOWN_B not in text
        assert town.name not in text
    assert "欧阳娜" in client_of(cast.clerk_b).get("/api/v1/transfers/").text
    assert town.name in client_of(cast.clerk_b).get("/transfers/").text


@pytest.fixture
def worker_client(cast: Any, client_of: Any) -> Any:
    person = make_person(COUNTY_A, "张三", id_number=ID_NUMBER)
    Person.objects.filter(pk=person.pk).update(user=cast.worker_a)
    return client_of(cast.worker_a)


def post_json(client: Client, body: Any) -> Any:
    return client.post("/api/v1/change-requests/", body, content_type="application/json")


def test_worker_asks_for_a_change_and_sees_only_her_own(
    worker_client: Any, cast: Any, client_of: Any
) -> None:
    asked = {"changes": {"former_name": "张珊", "birth_date": "1990-03-08"}, "reason": "更正"}
    answer = post_json(worker_client, asked)
    assert answer.status_code == 201, answer.text
    request = ChangeRequest.objects.get()
    assert request.requested_by == cast.worker_a
    assert request.changes["former_name"]["new"] == "张珊"
    again = post_json(worker_client, asked)
    assert again.status_code == 400
    assert "待审核" in again.text
    assert worker_client.get("/api/v1/change-requests/").json()["count"] == 1
    assert worker_client.get("/api/v1/people/").status_code == 403
    assert client_of(cast.reviewer_a).get("/api/v1/change-requests/").json()["count"] == 1
    assert client_of(cast.reviewer_b).get("/api/v1/change-requests/").json()["count"] == 0
    assert post_json(client_of(cast.clerk_a), asked).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [{"id_number": "520102199003077732"}, {"status": "50"}, {"birth_date": "某日"}, {"sex": "x"},
     {"name": "\x00"}, {"name": ["a"]}, {"residence": "99"}, {"sources": "01"}, {}],
)  # fmt: skip
def test_changes_that_cannot_be_asked_for(changes: Any, worker_client: Any) -> None:
    answer = post_json(worker_client, {"changes": changes, "reason": "更正"})
    assert answer.status_code == 400, answer.text
    assert not ChangeRequest.objects.exists()
    assert (
        worker_client.post(
            "/api/v1/change-requests/", "{", content_type="application/json"
        ).status_code
        == 400
    )


def test_a_missing_form_token_is_not_a_missing_right(cast: Any, client_of: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = client_of(cast.worker_a).cookies
    answer = post_json(client, {"other": "学历漏登", "reason": "更正"})
    assert answer.status_code == 403
    assert "提交凭证" in answer.json()["detail"]


@pytest.mark.parametrize("body", ["null", "[" * 100_000, "[]", "1"])
def test_any_json_is_answered_in_chinese(body: str, worker_client: Any) -> None:
    answer = post_json(worker_client, body)
    assert answer.status_code == 400
    told = answer.json()
    fields = told.get("fields", {}).values()
    assert not [words for said in ([told["detail"]], *fields) for words in said if words.isascii()]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"sources": ["01", "x"]}, "changes.sources"), ({"birth_date": "某日"}, "changes.birth_date"),
     ([1], "changes")],
)  # fmt: skip
def test_what_is_wrong_inside_a_value_is_said_plainly(
    changes: Any, field: str, worker_client: Any
) -> None:
    answer = post_json(worker_client, {"changes": changes, "reason": "更正"})
    sentences = answer.json()["fields"][field]
    assert "ErrorDetail" not in answer.text
    assert re.search(r"[\u4e00-\u9fff]", sentences[0])


def test_figures_of_regions_one_may_compare_with(cast: Any, client_of: Any) -> None:
    snapshot = Snapshot.objects.create(
        as_of=datetime.date(2025, 12, 31), definitions_version="1", divisions_version="1"
    )
    for code, value in ((COUNTY_A, 5), (COUNTY_B, 7), ("522301", 9), ("52", 21)):
        SnapshotValue.objects.create(snapshot=snapshot, indicator="T1", region_id=code, value=value)
    client = client_of(cast.clerk_a)

    def value(code: str) -> int | None:
        answer = client.get("/api/v1/indicators/figures/", {"region": code})
        if answer.status_code == 404:
            return None
        return next(f["value"] for f in answer.json()["figures"] if f["code"] == "T1")

    assert value(COUNTY_A) == 5
    assert value(COUNTY_B) == 7  # a sibling's figure, not its list
    assert value("52") == 21
    assert value("522301") is None
    assert value("999999") is None
    for yes in ("1", "True"):
        below = client.get("/api/v1/indicators/figures/", {"below": yes}).json()
        assert {f["region"][:6] for f in below["figures"]} == {COUNTY_A}
        assert len({f["region"] for f in below["figures"]}) > 1
    refused = client.get("/api/v1/indicators/figures/", {"below": "yes"})
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["below"])
    # A day without stored figures is computed.
    answer = client.get("/api/v1/indicators/figures/", {"on": "2020-01-01"})
    assert (answer.status_code, answer.json()["on"]) == (200, "2020-01-01")
    assert client.get("/api/v1/indicators/figures/", {"on": "某日"}).status_code == 400
    assert client.get("/api/v1/indicators/").json()[0]["rule"]
    assert client.get("/api/v1/snapshots/").json()["count"] == 1


def test_document_page_has_no_inline_script(cast: Any, client_of: Any) -> None:
    page = client_of(cast.clerk_a).get("/api/v1/docs/").text
    assert "<style" not in page
    assert re.findall(r"<script(?![^>]*src=)", page) == []
    assert "http://" not in page
    assert "https://" not in page


def test_the_api_describes_itself_in_chinese(cast: Any, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    described = client.get("/api/v1/schema/").text
    told = re.findall(r'"(?:summary|description)": "((?:[^"\\\\]|\\\\.)+)"', described)
    assert len(told) > 100
    assert not [words for words in told if words.isascii()]
    assert client.options("/api/v1/people/").json() == {
        "detail": "这个地址不支持该操作，接口除变更申请外只读。"
    }


def test_answers_follow_the_schema(cast: Any, client_of: Any) -> None:
    """The body of every list and every bounded set of generated queries follows the schema."""
    for entity in ENTITIES:
        make_row(entity, COUNTY_A)
    client = client_of(cast.province)
    described = client.get("/api/v1/schema/").json()
    assert len(described["paths"]) > 30
    schema = schemathesis.openapi.from_dict(described)
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.method.upper() != "GET" or "{" in operation.path:
            continue
        if operation.path.endswith("/schema/"):
            continue
        answer = client.get(operation.path)
        assert answer.status_code in {200, 404}, operation.path
        if answer.status_code == 200:
            raw = described["paths"][operation.path]["get"]["responses"]["200"]
            _check(answer.json(), raw["content"]["application/json"]["schema"], described)
        _try_generated(operation, client)


def _try_generated(operation: Any, client: Any) -> None:
    """A few generated queries: nothing but 2xx and 4xx, never a failure."""

    @hypothesis.settings(
        max_examples=5,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy())
    def run(case: Any) -> None:
        answer = client.get(operation.path, dict(case.query or {}))
        assert answer.status_code < 500, (operation.path, case.query)

    run()


def _check(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> None:
    """Type and required keys, which is what a generated client relies on."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return _check(value, root["components"]["schemas"][name], root)
    if value is None:
        assert schema.get("nullable") or "null" in str(schema.get("type")), schema
        return None
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool,
             "number": (int, float)}  # fmt: skip
    kind = schema.get("type")
    if isinstance(kind, str):
        assert isinstance(value, kinds[kind]), (value, schema)
    if kind == "object":
        for name in schema.get("required", ()):
            assert name in value, (name, schema)
        for name, part in schema.get("properties", {}).items():
            if name in value:
                _check(value[name], part, root)
    if kind == "array":
        for item in value:
            _check(item, schema.get("items", {}), root)
    return None


def test_a_figure_says_its_versions_and_a_snapshot_is_no_number(cast: Any, client_of: Any) -> None:
    """R25; an address holds a random id, never a sequence."""
    snapshot = Snapshot.objects.create(
        as_of=datetime.date(2025, 12, 31), definitions_version="d", divisions_version="2022-10-31",
        versions={"T1": "7"},
    )  # fmt: skip
    client = client_of(cast.clerk_a)
    answer = client.get("/api/v1/indicators/figures/", {"on": "2025-12-31"}).json()
    assert not answer["is_settled"]
    figure = next(f for f in answer["figures"] if f["code"] == "T1")
    assert (figure["on"], figure["definition_version"]) == ("2025-12-31", "7")
    assert figure["divisions_version"] == "2022-10-31"
    snapshot.refresh_from_db()
    (listed,) = client.get("/api/v1/snapshots/").json()["results"]
    assert listed["id"] == str(snapshot.uid)
    assert client.get(f"/api/v1/snapshots/{snapshot.uid}/").json()["as_of"] == "2025-12-31"
    assert client.get(f"/api/v1/snapshots/{snapshot.pk}/").status_code == 404
