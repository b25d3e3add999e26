"""Files of records: who reaches them, what reading leaves behind, how they come and go."""

from __future__ import annotations

import hashlib
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.attachments import actions
from core.attachments.actions import remove_attachment, restore_attachment
from core.attachments.showing import attachments_of
from core.models import Attachment
from core.rules import RuleError
from core.secrecy import files as media
from core.secrecy.files import Refused
from tests.attachments.papers import PLACE, pdf, photo, photo_with_words
from tests.attachments.records import add_url, file_of, stored, upload
from tests.conftest import COUNTY_A
from tests.rows import make_person, make_row, make_station

NUMBER = "520102199003077734"
pytestmark = pytest.mark.usefixtures("in_this_process")


# --- Coming ---------------------------------------------------------------------------------
def test_a_photograph_is_kept_without_words_and_in_cipher(
    cast: Any, client_of: Any, settings: Any
) -> None:
    station, client = make_station(COUNTY_A), client_of(cast.clerk_a)
    data = photo_with_words()
    given = {"file": upload(f"{PLACE}.png", data), "purpose": " 场地照片 "}
    answer = client.post(add_url(station), given, follow=True)
    file = Attachment.objects.get()
    assert answer.redirect_chain[-1][0] == f"/stations/{station.pk}/"
    assert f"已添加「{PLACE}.jpg」" in answer.text
    assert (file.purpose, file.kind, file.by) == ("场地照片", "jpg", cast.clerk_a)
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert re.fullmatch(r"attachments/[0-9a-f]{32}", file.file_path)
    raw = stored(file, settings).read_bytes()
    assert not raw.startswith(b"\xff\xd8")
    kept = media.load(file.file_path)
    assert kept.startswith(b"\xff\xd8")
    assert len(kept) == file.size
    assert b"SecretPhone" not in kept + raw


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.jpg", b"<!DOCTYPE html><script>alert(1)</script>", "只收照片"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "只收照片"),
        ("a.pdf", photo(), "内容却是照片"),
        ("a.jpg", b"", "文件是空的"),
        ("a.jpg", photo() + b"\0" * 10_500_000, "超过 10 MB"),
    ],
)
def test_what_is_not_taken_says_why(
    name: str, data: bytes, words: str, cast: Any, client_of: Any, settings: Any
) -> None:
    station, folder = make_station(COUNTY_A), Path(settings.MEDIA_ROOT) / actions.FOLDER
    before = set(folder.glob("*"))
    given = {"file": upload(name, data), "purpose": "照片"}
    answer = client_of(cast.clerk_a).post(add_url(station), given)
    assert answer.status_code == 422
    assert words in answer.text
    assert not Attachment.objects.exists()
    assert set(folder.glob("*")) == before


def test_nothing_chosen_nothing_said(cast: Any, client_of: Any) -> None:
    station, client = make_station(COUNTY_A), client_of(cast.clerk_a)
    answer = client.post(add_url(station), {})
    assert answer.status_code == 422
    assert "请选择文件" in answer.text
    assert "请写明这个文件是什么" in answer.text
    with pytest.raises(RuleError, match="写明"):
        file_of(station, cast.clerk_a, purpose=" \u200b ")


def test_the_form_offers_what_suits_the_record(cast: Any, client_of: Any) -> None:
    station, client = make_station(COUNTY_A), client_of(cast.clerk_a)
    page = client.get(add_url(station)).text
    assert '<option value="批复文件">' in page
    piece = client.get(add_url(station), headers={"HX-Request": "true"}).text
    assert "<dialog" in piece
    assert "<html" not in piece


def test_the_same_file_twice_is_one(cast: Any, client_of: Any, settings: Any) -> None:
    """A double click, or somebody else's same scan."""
    station, client = make_station(COUNTY_A), client_of(cast.clerk_a)
    file_of(station, cast.reviewer_a)
    answer = client.post(add_url(station), {"file": upload(), "purpose": "照片"})
    assert answer.status_code == 422
    assert "已经在这条记录里" in answer.text
    assert Attachment.objects.count() == 1
    assert file_of(make_station(COUNTY_A), cast.clerk_a).pk
    folder = Path(settings.MEDIA_ROOT) / actions.FOLDER
    names = set(Attachment.objects.values_list("file_path", flat=True))
    assert {f"{actions.FOLDER}/{path.name}" for path in folder.glob("*")} >= names


def test_the_database_too_keeps_one(cast: Any) -> None:
    station = make_station(COUNTY_A)
    file = file_of(station, cast.clerk_a)
    file.pk = uuid.uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        file.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.update(removed_at="2025-01-01T00:00Z")


def test_a_record_is_no_archive(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "FILES_OF_A_RECORD", 1)
    station = make_station(COUNTY_A)
    first = file_of(station, cast.clerk_a)
    with pytest.raises(RuleError, match="最多 1 个"):
        file_of(station, cast.clerk_a, data=pdf(), name="a.pdf")
    remove_attachment(attachment=first, by=cast.clerk_a, reason="传错了")
    assert file_of(station, cast.clerk_a, data=pdf(), name="a.pdf").kind == "pdf"
    # Nor by putting back what was removed.
    with pytest.raises(RuleError, match="最多 1 个"):
        restore_attachment(attachment=first, by=cast.clerk_a)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\Users\\王\\证书.JPEG", "证书.jpg"),
        ("a\r\nSet-Cookie: x=1.jpg", "a Set-Cookie: x=1.jpg"),
        ("长" * 300 + ".jpg", "长" * 110 + ".jpg"),
        ("证书\u202egpj.jpg", "证书gpj.jpg"),
        (f"张三{NUMBER}.jpg", "张三52****************.jpg"),
        ("张三13885012345.jpg", "张三138****2345.jpg"),
        ('<b onclick="x">.jpg', '<b onclick="x">.jpg'),
        ("", "附件.jpg"),
        (".jpg", "附件.jpg"),
    ],
)
def test_names_lead_nowhere_and_name_nobody(
    given: str, shown: str, cast: Any, client_of: Any
) -> None:
    """T46."""
    file = file_of(make_station(COUNTY_A), cast.clerk_a, name=given)
    assert file.name == shown
    answer = client_of(cast.clerk_a).get(f"/files/{file.pk}/")
    header = answer.headers["Content-Disposition"]
    assert header.startswith("attachment; filename")
    assert not re.search(r"[\r\n/]|\.\.|\d{11}", header)


def test_numbers_in_what_is_said_are_hidden(cast: Any) -> None:
    station = make_station(COUNTY_A)
    file = file_of(station, cast.clerk_a, purpose=f"证明{NUMBER}")
    assert NUMBER not in file.purpose
    remove_attachment(attachment=file, by=cast.clerk_a, reason=f"不是{NUMBER}的")
    file.refresh_from_db()
    assert NUMBER not in file.removed_reason


def test_no_room_leaves_nothing(cast: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(data: bytes, *, folder: str) -> str:
        raise Refused("存储空间不足，文件没有保存，请联系系统管理员。")

    monkeypatch.setattr(actions.media, "store", full)
    station = make_station(COUNTY_A)
    given = {"file": upload(), "purpose": "照片"}
    answer = client_of(cast.clerk_a).post(add_url(station), given)
    assert answer.status_code == 422
    assert "存储空间不足" in answer.text


# --- Going ----------------------------------------------------------------------------------
def test_removing_says_why_and_is_undone(cast: Any, client_of: Any) -> None:
    station = make_station(COUNTY_A)
    file = file_of(station, cast.clerk_a)
    client = client_of(cast.clerk_a)
    url = f"/files/{file.pk}/remove/"
    assert file.name in client.get(url).text
    assert "<dialog" in client.get(url, headers={"HX-Request": "true"}).text
    assert client.post(url, {"reason": " "}).status_code == 422
    answer = client.post(url, {"reason": "传错了"}, follow=True)
    assert "已移除" in answer.text
    box = attachments_of(station, cast.clerk_a)
    assert box is not None
    assert (box["files"], box["removed"]) == ([], [file])
    assert box["removed"][0].removed_reason == "传错了"
    with pytest.raises(RuleError, match="已经移除"):
        remove_attachment(attachment=file, by=cast.clerk_a, reason="再来")
    again = client.post(url, {"reason": "再来"}, follow=True)
    assert "已经移除" in again.text
    back = client.post(f"/files/{file.pk}/restore/", follow=True)
    assert "已恢复" in back.text
    assert attachments_of(station, cast.clerk_a)["files"] == [file]  # type: ignore[index]
    with pytest.raises(RuleError, match="没有移除"):
        restore_attachment(attachment=file, by=cast.clerk_a)
    assert client.get(f"/files/{file.pk}/restore/").status_code == 302
    events = Attachment.pgh_event_model.objects.filter(pgh_obj_id=file.pk)  # type: ignore[attr-defined]
    assert [e.removed_reason for e in events.order_by("pgh_id")] == ["", "传错了", ""]
    assert events.order_by("pgh_id")[1].pgh_context.metadata["user"] == str(cast.clerk_a.pk)


def test_a_reason_is_asked_of_programs_too(cast: Any) -> None:
    file = file_of(make_station(COUNTY_A), cast.clerk_a)
    with pytest.raises(RuleError, match="原因"):
        remove_attachment(attachment=file, by=cast.clerk_a, reason=" ")


def test_what_was_added_again_is_not_restored_twice(cast: Any) -> None:
    station = make_station(COUNTY_A)
    first = file_of(station, cast.clerk_a)
    remove_attachment(attachment=first, by=cast.clerk_a, reason="传错了")
    file_of(station, cast.clerk_a)
    with pytest.raises(RuleError, match="已经在这条记录里"):
        restore_attachment(attachment=first, by=cast.clerk_a)


def test_the_box_costs_one_query(cast: Any) -> None:
    station = make_station(COUNTY_A)
    for number in range(3):
        file_of(station, cast.clerk_a, data=photo((50 + number, 50)))
    for user in (cast.clerk_a, cast.viewer_a):
        with CaptureQueriesContext(connection) as queries:
            box = attachments_of(station, user)
            assert box is not None
            assert [str(file.by) for file in box["files"]]
        assert len(queries) == 1


def test_files_are_shown_on_the_records_page(cast: Any, client_of: Any) -> None:
    station, person = make_station(COUNTY_A), make_person(COUNTY_A)
    for record, path in ((station, "stations"), (person, "people")):
        file = file_of(record, cast.clerk_a, purpose="批复文件<b>")
        page = client_of(cast.clerk_a).get(f"/{path}/{record.pk}/").text
        assert "批复文件&lt;b&gt;" in page
        assert f"/files/{file.pk}/remove/" in page
        assert add_url(record) in page
        page = client_of(cast.viewer_a).get(f"/{path}/{record.pk}/").text
        assert f"/files/{file.pk}/" in page
        assert "/remove/" not in page
        remove_attachment(attachment=file, by=cast.clerk_a, reason="传错了")
        page = client_of(cast.clerk_a).get(f"/{path}/{record.pk}/").text
        assert "已移除 1 个" in page
        assert "传错了" in page


@pytest.mark.django_db
def test_what_is_no_key_is_no_file(cast: Any, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    for path in (f"/files/{'-' * 36}/remove/", f"/files/{uuid.uuid4()}/steal/"):
        assert client.get(path).status_code == 404


def test_what_has_no_file_is_removed_without_a_word() -> None:
    """A batch whose file has been forgotten names none; the folder itself stays."""
    kept = media.store(b"x", folder="attachments")
    media.remove("")
    assert media.load(kept) == b"x"


def test_what_was_decided_on_stays(cast: Any, client_of: Any) -> None:
    """The papers of a claim that was answered, and of a record that is out of use."""
    claim = make_row("keytalentclaim", COUNTY_A)
    client = client_of(cast.reviewer_a)
    client.post(add_url(claim), {"file": upload("证明.pdf", pdf()), "purpose": "认定依据"})
    file = Attachment.objects.get()
    type(claim).objects.filter(pk=claim.pk).update(state="2")
    refused = client.post(f"/files/{file.pk}/remove/", {"reason": "换一份"}, follow=True)
    assert "附件不能再移除" in refused.text
    with pytest.raises(RuleError, match="不能再移除"):
        remove_attachment(attachment=file, by=cast.reviewer_a, reason="换一份")
    file.refresh_from_db()
    assert file.removed_at is None


def test_a_phone_in_what_a_file_is_for_is_masked(cast: Any, client_of: Any) -> None:
    station, client = make_station(COUNTY_A), client_of(cast.clerk_a)
    given = {"file": upload("照片.png", photo()), "purpose": "电话13885012345"}
    client.post(add_url(station), given)
    assert Attachment.objects.get().purpose == "电话138****2345"
