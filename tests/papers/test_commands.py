"""Forms are filled, and words counted, by command."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from core.management.commands.known_words import Word, is_understood
from core.models import PaperForm
from core.papers import actions, making
from core.papers.actions import fill_kept, keep_form, remove_form
from core.rules import RuleError
from core.secrecy import files as media
from core.secrecy.files import Refused
from tests.conftest import COUNTY_B, TOWNSHIP_A, Cast
from tests.imports.ledgers import workbook
from tests.rows import make_person

pytestmark = pytest.mark.django_db
FORM = workbook([["姓名", "性别", "民族", "星座"]])


def run(*words: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "表.xlsx"
    path.write_bytes(FORM)
    return path


def test_a_form_is_filled_and_what_is_unknown_is_named(
    cast: Cast, form: Path, tmp_path: Path
) -> None:
    make_person(TOWNSHIP_A, "王芳")
    out = tmp_path / "filled.xlsx"
    said = run("fill_form", form, user=cast.clerk_a.username, out=out)
    assert "人员 1 行" in said
    assert "D1「星座」没有来源，留空。" in said
    rows = list(openpyxl.load_workbook(out).active.iter_rows(values_only=True))
    assert rows[1][:2] == ("王芳", "男")
    report = json.loads(
        run("fill_form", form, user=cast.clerk_a.username, out=out, json=True, region=TOWNSHIP_A)
    )
    assert report["tables"] == [{"sheet": "Sheet1", "rows": 1, "list": "人员"}]


@pytest.mark.parametrize(
    ("user", "file", "message"),
    [
        ("nobody", "表.xlsx", "没有账号"),
        ("system", "表.xlsx", "没有导出的权限"),
        ("clerk_a", "nothing.xlsx", "读不了"),
    ],
)
def test_what_cannot_be_is_said(
    user: str, file: str, message: str, cast: Cast, form: Path, tmp_path: Path
) -> None:
    account = getattr(cast, user).username if user != "nobody" else user
    with pytest.raises(CommandError, match=message):
        run("fill_form", form.parent / file, user=account, out=tmp_path / "out.xlsx")


def test_another_area_is_refused_in_words(cast: Cast, form: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="不在您的辖区"):
        run("fill_form", form, user=cast.clerk_a.username, out=tmp_path / "o.xlsx", region=COUNTY_B)


# --- Kept forms -------------------------------------------------------------------------------
def kept(cast: Cast) -> PaperForm:
    return keep_form(user=cast.clerk_a, name="表.xlsx", data=FORM, asker="", document="")


def test_who_may_not_export_keeps_no_form(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        keep_form(user=cast.system, name="表.xlsx", data=FORM, asker="", document="")


def test_a_form_that_is_not_written_down_leaves_no_file(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed: list[str] = []
    monkeypatch.setattr(actions.media, "remove", removed.append)
    monkeypatch.setattr(PaperForm.objects, "create", lambda **values: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        kept(cast)
    assert len(removed) == 1


def test_a_form_whose_file_is_gone_says_so(cast: Cast) -> None:
    form = kept(cast)
    media.remove(form.file_path)
    with pytest.raises(Refused, match="原件已不在"):
        fill_kept(form=form, by=cast.clerk_a, region="520102", on=actions.today())


def test_more_rows_than_can_be_waited_for(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    make_person(TOWNSHIP_A)
    monkeypatch.setattr(making, "MOST_ROWS", 0)
    with pytest.raises(RuleError, match="分别填写"):
        fill_kept(form=kept(cast), by=cast.clerk_a, region="520102", on=actions.today())


def test_a_form_of_another_office_is_not_removed(cast: Cast) -> None:
    form = kept(cast)
    with pytest.raises(PermissionDenied):
        remove_form(form=form, by=cast.prefecture)


def test_pages_of_a_form_say_what_is_wrong(cast: Cast, client_of: Any) -> None:
    client, form = client_of(cast.clerk_a), kept(cast)
    page = client.post(f"/papers/{form.pk}/fill/", {"on": "x"})
    assert page.status_code == 422
    media.remove(form.file_path)
    assert "请重新上传" in client.get(f"/papers/{form.pk}/").content.decode()
    page = client.post(f"/papers/{form.pk}/fill/", {"on": "2026-11-30"})
    assert page.status_code == 422
    assert client_of(cast.clerk_b).get(f"/papers/{form.pk}/").status_code == 404
    assert client.post(f"/papers/{form.pk}/remove/").status_code == 302
    assert client.get(f"/papers/{form.pk}/").status_code == 404


# --- Words of offices -------------------------------------------------------------------------
def test_offices_words_are_known() -> None:
    """The bar of the table: at least 95 % of the headings and of the words."""
    said = run("known_words")
    shares = [float(line.rpartition(" ")[2].rstrip("%")) for line in said.splitlines()
              if "认得" in line]  # fmt: skip
    assert len(shares) == 2
    assert min(shares) >= 95


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (Word("people", "heading", "name", "", "星座"), False),
        (Word("people", "heading", "name", "", "姓名"), True),
        (Word("people", "value", "nothing", "1", "男"), False),
        (Word("people", "value", "sex", "2", "男"), False),
        (Word("people", "value", "sex", "1", "男"), True),
        (Word("people", "value", "sex", "1", "雄"), False),
        (Word("people", "value", "sex", "?", "雄"), True),
        (Word("people", "value", "started_on", "1", "很久以前"), False),
        (Word("people", "value", "ethnicity", "97", "穿青人"), True),
        (Word("people", "value", "certificate_level", "1+2", "助理社会工作师、社会工作师"), True),
    ],
)
def test_what_counts_as_known(word: Word, expected: bool) -> None:
    assert is_understood(word) is expected
