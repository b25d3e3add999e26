"""Encryption, blind indexes, keys (TRUST T49, T50, F30)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import Any

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from core.secrecy.checks import keys_fit_the_data, refuse_to_start, secrets_are_set
from core.secrecy.crypto import DecryptionError, blind_index, decrypt, encrypt, parse_keys, sign
from talent.models import Person
from tests.conftest import COUNTY_A
from tests.rows import make_person
from tests.servers import test_database_url as database_url

ID_NUMBER, PHONE = "520102199003077731", "13885012345"
NEW_KEY = "7:" + "5a" * 16


@given(st.text(max_size=60))
def test_round_trip(text: str) -> None:
    box = encrypt(text, purpose="phone")
    assert decrypt(box, purpose="phone") == text
    assert encrypt(text, purpose="phone") != box


def test_a_value_of_another_column_or_altered_is_refused() -> None:
    box = encrypt(ID_NUMBER, purpose="id_number")
    for bad in (box[:-1] + bytes([box[-1] ^ 1]), box[:1] + b"\xfe" + box[2:], b"\x09" + box[1:]):
        with pytest.raises(DecryptionError):
            decrypt(bad, purpose="id_number")
    with pytest.raises(DecryptionError):
        decrypt(box, purpose="phone")


def test_truncated_values_are_an_error_and_never_blank() -> None:
    box = encrypt(ID_NUMBER, purpose="id_number")
    for length in (1, 2, 10, 20, len(box) - 3):
        with pytest.raises(DecryptionError):
            decrypt(box[:length], purpose="id_number")


@pytest.mark.django_db
def test_wrong_key_is_an_error_never_a_blank(settings: Any) -> None:
    person = make_person(COUNTY_A, id_number=ID_NUMBER, phone=PHONE)
    settings.FIELD_KEYS = NEW_KEY
    with pytest.raises(DecryptionError):
        Person.objects.get(pk=person.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["FIELD_KEYS", "BLIND_INDEX_KEY"])
def test_nothing_starts_with_the_keys_of_other_data(name: str, settings: Any, capsys: Any) -> None:
    """F30: well formed, but not what the rows were written with."""
    right = getattr(settings, name)
    other = {"FIELD_KEYS": NEW_KEY, "BLIND_INDEX_KEY": "5b" * 32}[name]
    setattr(settings, name, other)
    assert not keys_fit_the_data(), "an empty base takes any key"
    setattr(settings, name, right)
    make_person(COUNTY_A)
    refuse_to_start()
    setattr(settings, name, other)
    with pytest.raises(SystemExit):
        refuse_to_start()
    assert name in capsys.readouterr().err


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "malformed"), [("FIELD_KEYS", "k1:" + "zz" * 16), ("BLIND_INDEX_KEY", "xy" * 32)]
)
def test_a_malformed_key_is_told_before_the_data_are_read(
    name: str, malformed: str, settings: Any, capsys: Any
) -> None:
    make_person(COUNTY_A)
    setattr(settings, name, malformed)
    with pytest.raises(SystemExit):
        refuse_to_start()
    assert name in capsys.readouterr().err


@pytest.mark.django_db
def test_rotated_keys_read_old_rows_and_write_new_ones(settings: Any) -> None:
    person = make_person(COUNTY_A, id_number=ID_NUMBER, phone=PHONE)
    settings.FIELD_KEYS = f"{NEW_KEY},{settings.FIELD_KEYS}"
    found = Person.objects.get(pk=person.pk)
    assert (found.id_number, found.phone) == (ID_NUMBER, PHONE)
    found.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM talent_person WHERE id = %s", [person.pk])
        assert bytes(cursor.fetchone()[0])[1] == 7
    assert Person.objects.get(pk=person.pk).id_number == ID_NUMBER


def test_blind_index_depends_on_key_and_purpose(settings: Any) -> None:
    first = blind_index(ID_NUMBER, purpose="id_number")
    assert len(first) == 32
    assert first == blind_index(ID_NUMBER, purpose="id_number")
    assert first != blind_index(ID_NUMBER, purpose="phone")
    assert first != sign(ID_NUMBER.encode())
    settings.BLIND_INDEX_KEY = "5b" * 32
    assert first != blind_index(ID_NUMBER, purpose="id_number")


@pytest.mark.django_db
def test_the_index_is_unique_and_the_value_not_searched() -> None:
    make_person(COUNTY_A, id_number=ID_NUMBER)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_person("522301", id_number=ID_NUMBER)
    with pytest.raises(FieldError):
        Person.objects.filter(id_number=ID_NUMBER).exists()


@pytest.mark.parametrize("text", ["1:abcd", "x:" + "00" * 16, "0:" + "00" * 16, "300:" + "00" * 16])
def test_malformed_keys_are_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        parse_keys(text)


@pytest.mark.django_db(transaction=True)
def test_a_dump_holds_no_number() -> None:
    """T49: rows, their history, log-in attempts and all."""
    person = make_person(COUNTY_A, id_number=ID_NUMBER, phone=PHONE)
    person.phone = "13985012345"
    person.save()
    command = _servers_pg_dump() or shutil.which("pg_dump")
    if command is None:
        pytest.skip("no pg_dump on this machine")
    dump = subprocess.run(
        [command, "--data-only", "--schema=public", database_url()],
        capture_output=True, text=True, check=False, env={**os.environ, "PGCLIENTENCODING": "UTF8"},
    )  # fmt: skip
    if "server version mismatch" in dump.stderr:
        pytest.skip("pg_dump is older than the server")
    assert dump.returncode == 0, dump.stderr
    assert str(person.pk) in dump.stdout
    assert not re.search(r"5201021990030777|13[89]85012345", dump.stdout)


def _servers_pg_dump() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
        found = cursor.fetchone()
    path = f"{found[0]}/pg_dump" if found else ""
    return path if os.access(path, os.X_OK) else None


def test_without_a_key_nothing_is_written(settings: Any) -> None:
    settings.FIELD_KEYS = " , "
    with pytest.raises(ImproperlyConfigured, match="empty"):
        encrypt(PHONE, purpose="phone")


@pytest.mark.django_db
def test_an_empty_value_is_stored_as_none() -> None:
    person = make_person(COUNTY_A, phone="")
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM talent_person WHERE id = %s", [person.pk])
        assert bytes(cursor.fetchone()[0]) == b""
    with pytest.raises(FieldError):
        Person.objects.filter(phone__isnull=True).exists()


def test_nothing_known_stays_nothing() -> None:
    field = Person._meta.get_field("phone")
    assert field.get_db_prep_value(None, connection) is None


@pytest.mark.django_db
def test_a_row_of_other_keys_does_not_fit(settings: Any) -> None:
    make_person(COUNTY_A)
    settings.FIELD_KEYS = NEW_KEY
    assert [error.id for error in keys_fit_the_data()] == ["core.E_KEYS_OF_OTHER_DATA"]
    settings.BLIND_INDEX_KEY = ""
    assert "core.E_BLIND_INDEX_KEY" in [error.id for error in secrets_are_set(None)]


@pytest.mark.django_db
def test_what_belongs_to_somebody_lies_where_she_is() -> None:
    person = make_person(COUNTY_A)
    title = person.titles.create(series="教学", level="2")
    assert title.scope_code() == person.scope_code() == COUNTY_A
