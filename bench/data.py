"""Up to a million plausible people, written by COPY into the product's own tables.

The history triggers are on, numbers are encrypted and indexed as everywhere else. Row n
is the same in every run: its ID number follows from n, so that a search knows what it
looks for and a ledger of new people cannot meet the base.
"""

from __future__ import annotations

import datetime
import io
import multiprocessing
import random
import time
import uuid
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from core.secrecy.identity import check_character

CHUNK = 25_000
SEED = 20_260_101
FIRST_BIRTH = datetime.date(1963, 1, 1)
BIRTH_DAYS = 15_000
NAMES = 60_000
DAY = datetime.date(2025, 12, 31)
MAJORS = ("社会工作", "社会学", "法学", "行政管理", "心理学", "会计")
LEVELS = ("14", "21", "31", "61", "41")
MULTIPLIER = 7_919


@lru_cache(maxsize=1)
def names() -> list[tuple[str, str, str]]:
    """A pool of (name, pinyin, initials)."""
    from core.pinyin import name_pinyin
    from demo.names import person_name

    rng = random.Random(SEED)
    return [(name, *name_pinyin(name)) for name in (person_name(rng) for _ in range(NAMES))]


@lru_cache(maxsize=1)
def townships() -> list[tuple[str, str]]:
    from core.models import Region

    rows = Region.objects.current().filter(level=Region.Level.TOWNSHIP).order_by("code")
    return list(rows.values_list("code", "name"))


def identity(n: int) -> tuple[str, datetime.date, str]:
    """(ID number, birth date, sex) of person n; no two n share a number."""
    district, rest = n % 88, n // 88
    day, sequence = rest * MULTIPLIER % BIRTH_DAYS, rest // BIRTH_DAYS
    county = townships()[district * len(townships()) // 88][0][:6]
    birth = FIRST_BIRTH + datetime.timedelta(days=day)
    # 88 steps over the townships may fall into one county twice, so the step is kept too.
    first17 = f"{county}{birth:%Y%m%d}{(sequence * 88 + district) % 1000:03d}"
    return first17 + check_character(first17), birth, "1" if int(first17[16]) % 2 else "2"


def phone(n: int) -> str:
    return f"13{n * 7_368_787 % 10**9:09d}"


class Table:
    """COPY lines of one model; columns that a row does not name take the model's default."""

    def __init__(self, model: Any, names: tuple[str, ...]) -> None:
        self.model, self.names = model, names
        fields = [f for f in model._meta.concrete_fields if not f.generated]
        by_name = {f.name: f for f in fields} | {f.attname: f for f in fields}
        self.named = [by_name[name] for name in names]
        rest = [f for f in fields if f not in self.named and f.db_default is not_provided()]
        self.tail = "".join("\t" + _text(_default(f)) for f in rest)
        self.columns = ",".join(f'"{f.column}"' for f in [*self.named, *rest])
        self.buffer = io.StringIO()

    def add(self, *values: Any) -> None:
        self.buffer.write("\t".join(map(_text, values)) + self.tail + "\n")

    def write(self, cursor: Any) -> None:
        self.buffer.seek(0)
        copy = f'COPY "{self.model._meta.db_table}" ({self.columns}) FROM STDIN'
        cursor.copy_expert(copy, self.buffer)


def not_provided() -> Any:
    from django.db.models.fields import NOT_PROVIDED

    return NOT_PROVIDED


def _default(field: Any) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return datetime.datetime.now(datetime.UTC)
    if field.get_internal_type() == "BinaryField":
        return None if field.null else b""
    return field.get_default()


def _text(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, bytes):
        return r"\\x" + value.hex()
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list):
        return "{" + ",".join(value) + "}"
    return str(value)


def _tables() -> dict[str, Table]:
    from talent import models

    return {
        "person": Table(
            models.Person,
            (
                "id", "number", "name", "pinyin", "initials", "id_number", "id_index", "phone",
                "phone_index", "sex", "birth_date", "ethnicity", "native_place",
                "residence_id", "region_id", "category", "sources", "service_fields", "status",
                "verification", "confirmed_on", "data_source",
            ),
        ),
        "state": Table(
            models.PersonState, ("id", "person_id", "status", "residence_id", "valid_from")
        ),
        "education": Table(
            models.Education, ("id", "person_id", "level", "major", "graduated_on")
        ),
        "certificate": Table(
            models.Certificate,
            ("id", "person_id", "level", "number", "approved_on", "issuer", "verification"),
        ),
        "registration": Table(
            models.RegistrationPeriod, ("id", "person_id", "starts_on", "ends_on", "state")
        ),
        "post": Table(
            models.Post,
            (
                "id", "person_id", "station_id", "organization_id", "region_id", "kind",
                "employment", "started_on",
            ),
        ),
    }  # fmt: skip


@lru_cache(maxsize=1)
def _employers() -> tuple[dict[str, uuid.UUID], dict[str, uuid.UUID]]:
    """Stations and committees by township."""
    from stations.models import Organization, Station

    stations = Station.objects.filter(kind="3").values_list("region_id", "id")
    committees = Organization.objects.filter(region__level=4).values_list("region_id", "id")
    return dict(stations), dict(committees)


def _write_chunk(span: tuple[int, int]) -> None:
    from django.db import connection, transaction

    tables = _tables()
    for n in range(*span):
        _person(n, tables)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        for table in tables.values():
            table.write(cursor.cursor)
    connection.close()


def _person(n: int, tables: dict[str, Table]) -> None:
    from core.secrecy.crypto import blind_index, encrypt

    rng = random.Random(SEED + n)
    number, birth, sex = identity(n)
    mobile = phone(n)
    name, pinyin, initials = names()[rng.randrange(NAMES)]
    township = townships()[int(len(townships()) * rng.random())][0]
    stations, committees = _employers()
    one = uuid.UUID(int=rng.getrandbits(128), version=4)
    started = datetime.date(rng.randint(2015, 2025), rng.randint(1, 12), 1)
    station = stations.get(township) if rng.random() < 0.25 else None

    def new() -> uuid.UUID:
        return uuid.UUID(int=rng.getrandbits(128), version=4)

    tables["person"].add(
        one, f"{n:012d}", name, pinyin, initials,
        encrypt(number, purpose="id_number"), blind_index(number, purpose="id_number"),
        encrypt(mobile, purpose="phone"), blind_index(mobile, purpose="phone"),
        sex, birth, "01", number[:6], township, township,
        rng.choice(("11", "12", "13", "13", "14", "15", "16", "2", "3")),
        [f"{rng.randint(1, 13):02d}"], [f"{rng.randint(1, 18):02d}"],
        "10", "2", DAY, "性能测试",
    )  # fmt: skip
    tables["state"].add(new(), one, "10", township, started)
    tables["education"].add(
        new(), one, rng.choice(LEVELS), rng.choice(MAJORS),
        birth.replace(year=birth.year + 22, month=7, day=1),
    )  # fmt: skip
    if rng.random() < 0.12:
        approved = datetime.date(rng.randint(2010, 2025), 6, 12)
        tables["certificate"].add(
            new(), one, rng.choice("1112"), f"B{n:017d}", approved, "人力资源社会保障部", "2"
        )
        tables["registration"].add(
            new(), one, approved, approved.replace(year=approved.year + 3), "7"
        )
    tables["post"].add(
        new(), one, station, None if station else committees[township], township,
        rng.choice("1233335"), rng.choice("1145568"), started,
    )  # fmt: skip


def _spans(first: int, last: int) -> Iterator[tuple[int, int]]:
    for start in range(first, last, CHUNK):
        yield start, min(start + CHUNK, last)


def build_places() -> None:
    """Organisations, stations and the accounts, as in the demo."""
    from core.models import User
    from demo.accounts import create_accounts
    from demo.places import build_places as build

    if not User.objects.exists():
        create_accounts("Bench-2026-pass")
        build(random.Random(SEED), DAY + datetime.timedelta(days=300))


def build_people(first: int, last: int) -> float:
    """People first..last-1 by two processes; returns the seconds it took."""
    from django.db import connection

    began = time.monotonic()
    names(), townships(), _employers()
    connection.close()
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for _ in pool.imap_unordered(_write_chunk, _spans(first, last)):
            pass
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM (ANALYZE)")
    return time.monotonic() - began
