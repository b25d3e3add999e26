"""What the API answers when it cannot: the right status, and one sentence in Chinese."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import OperationalError
from rest_framework import exceptions

from core.entities.api.policy import exception_handler
from core.entities.api.records import RecordAPI
from core.guards import FORBIDDEN
from talent.models import ChangeRequest, Person
from tests.conftest import COUNTY_A, Cast
from tests.rows import make_person


def test_a_lost_database_is_said_with_when_to_come_back(
    cast: Cast, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    client = client_of(cast.clerk_a)
    monkeypatch.setattr(RecordAPI, "get_queryset", lost)
    answer = client.get("/api/v1/people/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert answer.json() == {"detail": "服务暂时不可用，请稍后再试。"}


def test_a_refusal_of_an_action_is_told_in_its_own_words(cast: Cast, client_of: Any) -> None:
    """A worker's account may have lost its record."""
    asked = {"changes": {"former_name": "张珊"}, "reason": "更正"}
    answer = client_of(cast.worker_a).post(
        "/api/v1/change-requests/", asked, content_type="application/json"
    )
    assert (answer.status_code, answer.json()) == (403, {"detail": FORBIDDEN})
    assert not ChangeRequest.objects.exists()


def test_a_number_too_large_is_not_kept_as_a_text(cast: Cast, client_of: Any) -> None:
    person = make_person(COUNTY_A)
    Person.objects.filter(pk=person.pk).update(user=cast.worker_a)
    answer = client_of(cast.worker_a).post(
        "/api/v1/change-requests/",
        '{"changes": {}, "other": 1e999, "reason": "更正"}',
        content_type="application/json",
    )
    assert answer.status_code == 400
    assert "超出范围的数字" in answer.text
    assert not ChangeRequest.objects.exists()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (exceptions.APIException("Something went wrong"), 500),
        (exceptions.NotAcceptable("No such renderer"), 406),
        (exceptions.UnsupportedMediaType("text/html"), 415),
        (exceptions.Throttled(wait=30), 429),
        (exceptions.PermissionDenied("Not for you"), 403),
    ],
)
def test_no_error_of_the_framework_is_told_in_its_english(
    error: exceptions.APIException, status: int
) -> None:
    """Nor one that nobody has thought of."""
    answer = exception_handler(error, {})
    assert answer is not None
    assert answer.status_code == status
    assert re.search(r"[\u4e00-\u9fff]", answer.data["detail"])
    assert str(error.detail) not in answer.data["detail"]
