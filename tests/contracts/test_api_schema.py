"""The API's description says what each operation answers when it cannot, and it answers so."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from django.db import OperationalError

from tests.conftest import Cast
from tests.rows import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def described(cast: Cast, client_of: Callable[[Any], Any]) -> dict[str, Any]:
    found: dict[str, Any] = client_of(cast.province).get("/api/v1/schema/").json()
    return found


@pytest.fixture
def provoked(
    cast: Cast, client_of: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str, str], Any]:
    """What an operation answers when it is made to end with a status."""
    make_person(cast.worker_a.region_id, user=cast.worker_a)

    def run(path: str, method: str, status: str) -> Any:
        address = re.sub(r"\{pk\}|\{uid\}", str(uuid.uuid4()), path)
        address = re.sub(r"\{\w+\}", "999999", address)
        reader = cast.worker_a if method == "post" else cast.province
        user = {"401": cast.anonymous, "403": cast.security}.get(status, reader)
        query = {"400": {"odd": "1"}, "404": {"region": "999999"} if address == path else {}}
        client = client_of(user)
        if method == "get":
            return client.get(address, query.get(status, {}))
        if status == "409":
            monkeypatch.setattr("talent.corrections.api.request_change", _meets_another)
            client.raise_request_exception = False
        asked = {} if status == "400" else {"changes": {"former_name": "张珊"}, "reason": "更正"}
        return client.post(address, asked, content_type="application/json")

    return run


def _meets_another(**_: Any) -> None:
    class Deadlock(Exception):
        pgcode = "40P01"

    raise OperationalError from Deadlock


def test_every_operation_answers_errors_as_described(
    described: dict[str, Any], provoked: Callable[[str, str, str], Any]
) -> None:
    seen: set[str] = set()
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            errors = {code for code in operation["responses"] if code >= "400"}
            assert {"401", "403"} <= errors, path
            for status in sorted(errors):
                answer = provoked(path, method, status)
                assert str(answer.status_code) == status, (path, method, answer.content)
                said = operation["responses"][status]
                schema = said["content"]["application/json"]["schema"]
                _fits(answer.json(), schema, described)
                assert not said["description"].isascii()
                seen.add(f"{method} {status}")
    assert seen == {
        *("get 400", "get 401", "get 403", "get 404"),
        *("post 400", "post 401", "post 403", "post 409"),
    }


def test_what_leads_nowhere_or_is_not_understood_is_described(
    described: dict[str, Any], provoked: Callable[[str, str, str], Any]
) -> None:
    """The other way round: what can be provoked is named, of every operation."""
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            for status in ("400", "404"):
                answer = str(provoked(path, method, status).status_code)
                assert answer in operation["responses"], (path, method, answer)


def _fits(body: Any, schema: dict[str, Any], described: dict[str, Any]) -> None:
    """All that is required, of the right kind, and nothing that is not described."""
    jsonschema.validate(body, {**schema, "components": described["components"]})
    name = schema["$ref"].rsplit("/", 1)[1]
    assert body.keys() <= described["components"]["schemas"][name]["properties"].keys()
