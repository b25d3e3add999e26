"""Which kinds of ledgers somebody may take in, and which rows of one stand on which page."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from core.ledgers import forms, starting
from core.ledgers.ledger import as_ledger
from core.ledgers.spreadsheets.limits import TOO_LARGE
from core.models import ImportBatch, User
from tests.conftest import Cast
from tests.imports.ledgers import check, people, person, workbook
from tests.imports.test_pages import page, send, text, uploaded
from tests.imports.test_projects import HEAD, row
from tests.rows import id_number

pytestmark = pytest.mark.django_db


class TestAKindThatIsNotOnes:
    """Whoever may import still needs the right to enter what the ledger holds."""

    @pytest.fixture
    def client(self, cast: Cast, client_of: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
        """A clerk who enters no projects, with one such ledger from the days before."""
        check(cast.reviewer_a, "projects", workbook([HEAD, row()]))
        real = User.has_perm

        def has_perm(self: User, perm: str, obj: Any = None) -> bool:
            return perm != "projects.add_project" and real(self, perm, obj)

        monkeypatch.setattr(User, "has_perm", has_perm)
        return client_of(cast.clerk_a)

    def test_is_not_offered(self, client: Any) -> None:
        said = text(client.get(reverse("import_new")))
        assert reverse("import_template", args=["people"]) in said
        assert reverse("import_template", args=["projects"]) not in said
        assert client.get(reverse("import_template", args=["people"])).status_code == 200
        for kind in ("projects", "nothing"):
            assert client.get(reverse("import_template", args=[kind])).status_code == 404

    def test_is_not_taken(self, client: Any, cast: Cast) -> None:
        data = workbook([HEAD, row()])
        response = send(client, data, kind="projects")
        assert response.status_code == 422
        assert "请选择台账类别" in text(response)
        with pytest.raises(PermissionDenied):
            starting.start_import(user=cast.clerk_a, kind="projects", name="a", data=data)
        assert ImportBatch.objects.count() == 1

    def test_is_not_written(self, client: Any) -> None:
        batch = ImportBatch.objects.get()
        answer = client.post(reverse("import_confirm", args=[batch.pk]), {"reason": "以纸质为准"})
        assert answer.status_code == 403
        batch.refresh_from_db()
        assert not batch.is_confirmed


def test_a_kind_that_is_no_more_is_listed_and_not_opened(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    batch = uploaded(client, [person()])
    ImportBatch.objects.update(kind="trainees")
    said = text(client.get(reverse("import_list")))
    assert "南明台账.xlsx" in said
    assert "trainees" in said
    assert page(client, batch).status_code == 404


def test_what_is_too_large_is_refused_before_it_is_read(
    cast: Cast, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = people(person())
    monkeypatch.setattr(forms, "FILE_BYTES", len(data) - 1)
    response = send(client_of(cast.clerk_a), data)
    assert response.status_code == 422
    assert TOO_LARGE in text(response)
    assert not ImportBatch.objects.exists()
    monkeypatch.setattr(forms, "FILE_BYTES", len(data))
    assert send(client_of(cast.clerk_a), data).status_code == 302


def test_rows_with_a_remark_are_those_that_go_in(cast: Cast, client_of: Any) -> None:
    """What is held or sent back stands under its own heading."""
    client, number = client_of(cast.clerk_a), id_number()
    late = {"入职日期": ""}
    rows = [
        person("张三", **late),
        person("李四"),
        person("王五", number, **late),
        person("赵六", number, **late),
        person("坏人", "123", **late),
    ]
    batch = uploaded(client, rows)
    assert "有提示 1</a>" in text(page(client, batch))
    said = text(page(client, batch, tab="flagged"))
    assert "没有入职日期" in said
    assert [name for name in ("张三", "李四", "王五", "赵六", "坏人") if name in said] == ["张三"]


@pytest.mark.parametrize(
    ("label", "called"),
    [("人员", "人员台账"), ("证书名单", "证书名单"), ("在岗确认单", "在岗确认单")],
)
def test_a_list_is_called_no_ledger_of_a_list(label: str, called: str) -> None:
    assert as_ledger(label) == called
