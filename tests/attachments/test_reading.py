"""Who reaches a record's files, and what reading one leaves behind."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.urls import reverse

from core.attachments import actions
from core.attachments.actions import remove_attachment, restore_attachment
from core.attachments.showing import attachments_of, own_attachments
from core.models import Attachment, ReadEvent
from core.scoping import OutOfScope
from core.secrecy import files as media
from core.tasks import nightly
from talent.models import Certificate, Person
from talent.people.merging import merge_person
from tests.attachments.papers import pdf, photo
from tests.attachments.records import add_url, file_of, stored, upload
from tests.conftest import COUNTY_A, COUNTY_B
from tests.rows import make_person, make_row, make_station

pytestmark = pytest.mark.usefixtures("in_this_process")


# --- Reaching -------------------------------------------------------------------------------
def test_another_countys_file_is_not_there(cast: Any, client_of: Any) -> None:
    file = file_of(make_station(COUNTY_B), cast.clerk_b)
    client = client_of(cast.clerk_a)
    urls = [f"/files/{file.pk}/", f"/files/{file.pk}/remove/"]
    for url in urls:
        assert client.get(url).status_code == 404
        assert client.post(url.replace("/remove/", "/restore/")).status_code in (404, 405)
    owner = add_url(make_station(COUNTY_B))
    assert client.get(owner).status_code == 404
    assert client.post(owner, {"file": upload(), "purpose": "x"}).status_code == 404
    assert client_of(cast.prefecture).get(urls[0]).status_code == 200
    assert not attachments_of(make_station(COUNTY_A), cast.clerk_a)["files"]  # type: ignore[index]
    for action, extra in ((remove_attachment, {"reason": "x"}), (restore_attachment, {})):
        with pytest.raises(OutOfScope):
            action(attachment=file, by=cast.clerk_a, **extra)
    with pytest.raises(OutOfScope):
        file_of(make_station(COUNTY_B), cast.clerk_a)


def test_files_go_where_their_record_goes(cast: Any, client_of: Any) -> None:
    """No file has a scope of its own: after a move the old county no longer reaches it."""
    station = make_station(COUNTY_A)
    file = file_of(station, cast.clerk_a)
    type(station).objects.filter(pk=station.pk).update(region_id=COUNTY_B)
    assert client_of(cast.clerk_a).get(f"/files/{file.pk}/").status_code == 404
    assert client_of(cast.clerk_b).get(f"/files/{file.pk}/").status_code == 200


@pytest.mark.parametrize("label", ["core.user", "talent.personevent", "none", "core.attachment"])
def test_only_declared_kinds_have_files(label: str, cast: Any, client_of: Any) -> None:
    url = reverse("attachment_add", kwargs={"label": label, "owner": cast.clerk_a.pk})
    assert client_of(cast.reviewer_a).get(url).status_code == 404
    with pytest.raises(PermissionDenied):
        file_of(cast.clerk_a, cast.reviewer_a)
    assert attachments_of(cast.clerk_a, cast.reviewer_a) is None


def test_who_only_reads_only_reads(cast: Any, client_of: Any) -> None:
    station = make_station(COUNTY_A)
    file = file_of(station, cast.clerk_a)
    client = client_of(cast.viewer_a)
    assert client.get(f"/files/{file.pk}/").status_code == 200
    assert client.get(f"/files/{file.pk}/remove/").status_code == 403
    assert client.get(add_url(station)).status_code == 403
    box = attachments_of(station, cast.viewer_a)
    assert box is not None
    assert (box["add_url"], box["may_change"]) == ("", False)
    remove_attachment(attachment=file, by=cast.clerk_a, reason="传错了")
    assert client.get(f"/files/{file.pk}/").status_code == 404
    assert not attachments_of(station, cast.viewer_a)["removed"]  # type: ignore[index]
    assert client_of(cast.clerk_a).get(f"/files/{file.pk}/").status_code == 200
    with pytest.raises(PermissionDenied):
        file_of(station, cast.viewer_a)


def test_a_closed_account_reaches_nothing(cast: Any) -> None:
    file_of(make_station(COUNTY_A), cast.clerk_a)
    assert Attachment.objects.for_user(cast.clerk_a).exists()
    cast.clerk_a.is_active = False
    assert not Attachment.objects.for_user(cast.clerk_a).exists()
    assert not Attachment.objects.for_user(cast.anonymous).exists()


# --- A worker's own -------------------------------------------------------------------------
@pytest.fixture
def own(cast: Any) -> Person:
    person = make_person(COUNTY_A, "罗晓敏")
    Person.objects.filter(pk=person.pk).update(user=cast.worker_a)
    return person


def certificate_of(person: Person) -> Certificate:
    certificate = make_row("certificate", COUNTY_A)
    Certificate.objects.filter(pk=certificate.pk).update(person=person)
    return Certificate.objects.get(pk=certificate.pk)


def test_a_worker_reads_her_own_and_nobody_elses(own: Person, cast: Any, client_of: Any) -> None:
    mine = file_of(certificate_of(own), cast.clerk_a, purpose="证书原件")
    hers = file_of(make_row("certificate", COUNTY_A), cast.clerk_a)
    ours = file_of(make_station(COUNTY_A), cast.clerk_a)
    client = client_of(cast.worker_a)
    assert client.get(f"/files/{mine.pk}/").status_code == 200
    assert client.get(f"/files/{hers.pk}/").status_code == 404
    assert client.get(f"/files/{ours.pk}/").status_code == 404
    assert client.get(f"/files/{mine.pk}/remove/").status_code == 403
    assert client.get(add_url(own)).status_code == 404
    assert own_attachments(cast.worker_a) == [mine]
    assert own_attachments(cast.clerk_a) == []
    page = client.get("/me/").text
    assert "证书原件" in page
    assert f"/files/{mine.pk}/" in page
    remove_attachment(attachment=mine, by=cast.clerk_a, reason="传错了")
    assert client.get(f"/files/{mine.pk}/").status_code == 404
    assert "证书原件" not in client.get("/me/").text


def test_what_belonged_to_a_merged_record_is_hers_too(own: Person, cast: Any) -> None:
    twin = make_person(COUNTY_A, "罗晓敏")
    same, only = photo(), pdf()
    file_of(own, cast.clerk_a, data=same, purpose="简历")
    file_of(twin, cast.clerk_a, data=same, purpose="简历")
    file_of(twin, cast.clerk_a, data=only, name="a.pdf", purpose="培训证书")
    merge_person(person=twin, kept=own, by=cast.reviewer_a, reason="重复")
    kept = attachments_of(Person.objects.get(pk=own.pk), cast.clerk_a)
    assert [f.purpose for f in kept["files"]] == ["简历", "培训证书"]  # type: ignore[index]
    assert len(own_attachments(cast.worker_a)) == 3


# --- Reading --------------------------------------------------------------------------------
def test_reading_about_a_person_is_on_record(cast: Any, client_of: Any) -> None:
    certificate = make_row("certificate", COUNTY_A)
    file = file_of(certificate, cast.clerk_a, purpose="证书原件")
    client = client_of(cast.viewer_a)
    assert client.get(f"/files/{file.pk}/").status_code == 200
    event = ReadEvent.objects.latest("id")
    assert (event.kind, event.people) == ("file", [certificate.person_id])
    assert event.user == cast.viewer_a
    assert event.detail["title"] == "附件：证书原件"
    # It is no export of ours: the list of those does not name it.
    assert not ReadEvent.objects.exports_of(cast.viewer_a).exists()


def test_whoever_is_asked_to_act_has_read(cast: Any, client_of: Any) -> None:
    certificate = make_row("certificate", COUNTY_A)
    file = file_of(certificate, cast.clerk_a)
    client = client_of(cast.clerk_a)
    for url in (f"/files/{file.pk}/remove/", add_url(certificate)):
        before = ReadEvent.objects.count()
        assert client.get(url).status_code == 200
        assert ReadEvent.objects.count() == before + 1
        assert ReadEvent.objects.latest("id").people == [certificate.person_id]


def test_about_nobody_nothing_is_recorded(cast: Any, client_of: Any) -> None:
    file = file_of(make_station(COUNTY_A), cast.clerk_a)
    assert client_of(cast.clerk_a).get(f"/files/{file.pk}/").status_code == 200
    assert not ReadEvent.objects.exists()


def test_what_cannot_be_recorded_is_not_handed_out(
    cast: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T18."""
    file = file_of(make_row("certificate", COUNTY_A), cast.clerk_a)

    def refused(**event: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr(ReadEvent, "record", refused)
    client = client_of(cast.clerk_a)
    client.raise_request_exception = False
    assert client.get(f"/files/{file.pk}/").status_code == 500


def test_the_answer_is_a_file_and_no_page(cast: Any, client_of: Any) -> None:
    """T45: saved, never shown as ours, kept by nobody on the way."""
    file = file_of(make_station(COUNTY_A), cast.clerk_a, data=pdf(), name="批复.pdf")
    answer = client_of(cast.clerk_a).get(f"/files/{file.pk}/")
    assert answer.content == media.load(file.file_path)
    assert answer.headers["Content-Type"] == "application/pdf"
    disposition = "attachment; filename*=utf-8''%E6%89%B9%E5%A4%8D.pdf"
    assert answer.headers["Content-Disposition"] == disposition
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    policy = answer.headers["Content-Security-Policy"]
    assert re.search(r"(^|; )sandbox(;|$)", policy)
    assert "default-src 'self'" in policy


# --- A disk that is not there ---------------------------------------------------------------
@pytest.mark.parametrize("harm", ["gone", "folder gone", "cut", "of another key"])
def test_a_file_that_cannot_be_read_is_a_sentence(
    harm: str, cast: Any, client_of: Any, settings: Any, tmp_path: Path
) -> None:
    station = make_station(COUNTY_A)
    file = file_of(station, cast.clerk_a)
    path = stored(file, settings)
    if harm == "gone":
        path.unlink()
    elif harm == "folder gone":
        settings.MEDIA_ROOT = tmp_path / "not mounted"
    elif harm == "cut":
        path.write_bytes(path.read_bytes()[:40])
    else:
        path.write_bytes(bytes((1, 99)) + path.read_bytes()[2:])
    answer = client_of(cast.clerk_a).get(f"/files/{file.pk}/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/stations/{station.pk}/"
    assert "这个文件现在读不到" in answer.text
    settings.MEDIA_ROOT = stored(file, settings).parents[1]


def test_a_worker_is_led_to_her_own_page(
    own: Person, cast: Any, client_of: Any, settings: Any
) -> None:
    file = file_of(own, cast.clerk_a)
    stored(file, settings).unlink()
    answer = client_of(cast.worker_a).get(f"/files/{file.pk}/", follow=True)
    assert answer.redirect_chain[-1][0] == "/me/"
    assert "这个文件现在读不到" in answer.text


def test_what_no_row_names_goes_at_night(cast: Any, settings: Any) -> None:
    file = file_of(make_station(COUNTY_A), cast.clerk_a)
    remove_attachment(attachment=file, by=cast.clerk_a, reason="传错了")
    orphan, young = (
        Path(settings.MEDIA_ROOT) / media.store(b"x", folder=actions.FOLDER) for _ in range(2)
    )
    for path in (orphan, stored(file, settings)):
        os.utime(path, (time.time() - 90_000,) * 2)
    nightly()
    assert not orphan.exists()
    assert young.exists()
    assert stored(file, settings).exists()
