"""Rows of the people's ledger: what a row would write, and how it meets the registry."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import connection

from core.ledgers.ledger import ImportContext, RowCheck
from core.ledgers.places import AmbiguousPlace, OutsideScope
from core.models import ImportRow
from core.pinyin import name_pinyin
from core.rules import Flag, RuleError
from core.secrecy.crypto import blind_index, encrypt
from core.secrecy.identity import Identity, check_id_number, mask_id_number, without_id_numbers
from stations.places.named import Employer, create_used, find_employer, station_of
from talent.codes import PersonStatus, PostKind, Verification
from talent.people.ledger import hidden, meanings
from talent.people.ledger.credentials import (
    certificates_of,
    education_of,
    periods_of,
    titles_of,
)
from talent.people.ledger.meeting import ASKED, TRANSFER, WILL_ASK, meet
from talent.people.ledger.meeting.questions import ELSEWHERE_PLACE
from talent.people.ledger.named import name_row
from talent.people.ledger.own_words import employer_of, hear_who_left
from talent.people.ledger.transfers import ask
from talent.people.models import Person, new_number
from talent.people.rules import check_birth_date, check_free_text
from talent.posts.rules import check_age_at_post, check_post_within

Outcome = ImportRow.Outcome
COUNTY = 6
_KINDS = {str(label): code for code, label in PostKind.choices}
_CERTIFICATES = (
    "jsonb_array_elements(coalesce(writes->'staged', writes)->'insert'->'talent.certificate') c"
)
# What meeting somebody asks: did the ledger say it, or is it a default?
_GIVEN = ("employer", "post_kind", "title", "employment", "started_on", "category")
PERSON, STATE, EDUCATION, CERTIFICATE, PERIOD, TITLE, POST = (
    "talent.person",
    "talent.personstate",
    "talent.education",
    "talent.certificate",
    "talent.registrationperiod",
    "talent.title",
    "talent.post",
)


def build(row: RowCheck) -> None:
    """Check a row by the rules and say what it would insert if everybody in it were new."""
    v = row.values
    identity = _identity(row)
    if identity is None:
        return
    if (title := v.get("title")) in _KINDS:
        # Our own word for a kind of post, where a form asked for 职务.
        v["title"] = ""
        v.setdefault("post_kind", _KINDS[title])
    region = _region(row)
    post = _post(row, identity, region)
    person_id = row.context.new_id()
    name = v["name"]
    pinyin, initials = name_pinyin(name)
    phone = v.get("phone") or ""
    row.key = blind_index(identity.number, purpose="id_number")
    row.shown = {
        "name": name,
        "number": mask_id_number(identity.number),
        "detail": row.context.places.name(region),
        "given": [c for c in _GIVEN if v.get(c)] + _residence(row),
        "status": v.get("status", ""),
    }
    if hidden.is_hidden(identity.number):
        said = v.get("number", "")
        row.key = hidden.key_of(said) if said else hidden.key_of_shown(name, identity.number)
        masked_phone = phone if "*" in phone else ""
        row.shown["hidden"] = {
            "number": said, "id_number": identity.number, "phone": masked_phone,
        }  # fmt: skip
        phone = "" if masked_phone else phone
    ethnicity, word = _with_word(v.get("ethnicity", ""))
    status = _status(row, post)
    row.write(PERSON, {
        "id": person_id,
        "number": new_number(),
        "name": name,
        "former_name": v.get("former_name", ""),
        "pinyin": pinyin,
        "initials": initials,
        "id_type": v.get("id_type", "1"),
        "id_number": _hex(encrypt(identity.number, purpose="id_number")),
        "id_index": _hex(row.key),
        "phone": _hex(encrypt(phone, purpose="phone")) if phone else "\\x",
        "phone_index": _hex(blind_index(phone, purpose="phone")) if phone else None,
        "sex": identity.sex or v.get("sex", "0"),
        "birth_date": identity.birth_date.isoformat() if identity.birth_date else None,
        "ethnicity": ethnicity,
        "ethnicity_word": word,
        "political_status": v.get("political_status", ""),
        "native_place": v.get("native_place", ""),
        "household_place": v.get("household_place", ""),
        "residence_id": region,
        "region_id": post["region_id"] if post else region,
        "category": v.get("category", "1"),
        "sources": v.get("sources", []),
        "service_fields": v.get("service_fields", []),
        "status": status,
        "verification": Verification.EMPLOYER,
        "confirmed_on": row.context.day.isoformat(),
        "confirmed_before": [],
        "data_source": "台账导入",
        "remark": without_id_numbers(v.get("remark", "")),
        "user_id": None,
    })  # fmt: skip
    since = post["started_on"] if post else row.context.day.isoformat()
    row.write(STATE, _state(row.context.new_id(), person_id, status, region, since))
    if post:
        row.write(POST, {"person_id": person_id, **post})
    for model, records in (
        (EDUCATION, education_of(row)),
        (CERTIFICATE, certificates_of(row, identity)),
        (TITLE, titles_of(row)),
        (PERIOD, periods_of(row)),
    ):
        for record in records:
            row.write(model, {"id": row.context.new_id(), "person_id": person_id, **record})
    hear_who_left(row)
    if not identity.number:
        shown = row.shown
        name_row(row, [(c["level"], c["number"]) for c in row.insert.get(CERTIFICATE, [])])
        row.shown |= shown


def _with_word(ethnicity: Any) -> tuple[str, str]:
    """The code of a nationality and the word that was written for it."""
    code, word = ethnicity if isinstance(ethnicity, list) else (ethnicity, "")
    return code, word


def _status(row: RowCheck, post: dict[str, Any] | None) -> str:
    if post:
        return str(PersonStatus.SERVING)
    is_retired = row.values.get("employer") in meanings.RETIRED
    return str(PersonStatus.RETIRED if is_retired else PersonStatus.IDLE)


def _identity(row: RowCheck) -> Identity | None:
    v = row.values
    if not v.get("id_number"):
        # Of a list that is only compared.
        return Identity("")
    if hidden.is_hidden(v["id_number"]):
        if not v.get("number") and hidden.names_nobody(v["id_number"]):
            row.refuse("身份证号", hidden.UNNAMED, "R5")
            return None
        return Identity(v["id_number"])
    if "*" in v.get("phone", ""):
        row.refuse("联系电话", hidden.PHONE, "R5")
        return None
    try:
        identity = check_id_number(
            v["id_number"], id_type=v.get("id_type", "1"), on=row.context.day
        )
        check_birth_date(identity.birth_date, on=row.context.day)
    except RuleError as error:
        row.refuse("身份证号", str(error), error.rule)
        return None
    for flag in identity.flags:
        row.flag(flag, "身份证号")
    if identity.sex and v.get("sex") and v["sex"] != identity.sex:
        message = "填写的性别与身份证号不符，已按身份证号登记，请核对。"
        row.flag(Flag("R1", "W", message, "sex"), "性别")
    for flag in check_free_text(v.get("remark", "")):
        row.flag(flag, "备注")
    return identity


def _region(row: RowCheck) -> str:
    """The township, else the county, else 所在地区, as our own export writes it, else the region
    of who imports.

    What lies elsewhere is asked; what nobody knows is left out where the county is known.
    """
    v, places = row.values, row.context.places
    county = _place(row, v.get("county"), "县（市、区）", level=3)
    within = county or str(places.scope)
    if not v.get("township") and not county and v.get("place"):
        try:
            return str(places.resolve(v["place"], label="所在地区"))
        except RuleError:
            # Read where our own file says it; what an office calls so is its own matter.
            return within
    found = _place(row, v.get("township"), "乡镇（街道）", level=4, within=county)
    return found or within


def _place(row: RowCheck, said: Any, label: str, *, level: int, within: str = "") -> str:
    """The code of a place, "" where there is none."""
    if not said:
        return ""
    scope = within or str(row.context.places.scope)
    try:
        return str(row.context.places.resolve(said, label=label, level=level, within=within))
    except OutsideScope as error:
        row.dropped.add("residence")
        row.ask(ELSEWHERE_PLACE, str(error), rule=error.rule, column=label)
    except RuleError as error:
        row.dropped.add("residence")
        if len(scope) < COUNTY or isinstance(error, AmbiguousPlace):
            row.refuse(label, str(error), error.rule)
        else:
            name = row.context.places.name(scope)
            row.flag(Flag(error.rule, "W", f"{error}先登记在{name}。"), label)
    return ""


def _residence(row: RowCheck) -> list[str]:
    is_said = row.values.get("township") or row.values.get("county")
    return ["residence"] if is_said and "residence" not in row.dropped else []


def _post(row: RowCheck, identity: Identity, region: str) -> dict[str, Any] | None:
    """The open primary post of the row, None when it names no employer and no start."""
    v = row.values
    started = v.get("started_on")
    name = employer_of(row)
    if name is None or not (name or started):
        return None
    if started and started[0] > row.context.day.isoformat():
        message = f"入职日期 {started[0]} 晚于今天，任职没有登记。"
        row.flag(Flag("R15", "W", message), "入职日期")
        return None
    if name:
        employer = find_employer(name, region, row.context)
    elif (station := _station(row, region)) is None:
        row.flag(Flag("R15", "W", meanings.NOWHERE), "工作单位")
        return None
    else:
        employer = station
        row.flag(Flag("R15", "W", "没有工作单位，已按所在地的社工站登记，请核对。"), "工作单位")
    today = [row.context.day.isoformat(), "D"]
    if started:
        started = _begun(row, identity, employer, started)
    if not started:
        row.flag(Flag("R15", "W", meanings.FROM_TODAY), "入职日期")
        started = _begun(row, identity, employer, today)
    if not started:
        return None
    return {
        "id": row.context.new_id(),
        "station_id": None,
        "organization_id": None,
        employer.column: employer.id,
        "region_id": employer.region,
        "kind": v.get("post_kind") or _kind_of(v.get("title", "")),
        "title": v.get("title", ""),
        "is_primary": True,
        "employment": v.get("employment", "1"),
        "started_on": started[0],
        "started_precision": started[1],
        "ended_on": None,
        "end_reason": "",
    }


def _station(row: RowCheck, region: str) -> Employer | None:
    """The station of a township, made where it is not known; of a county there is none to guess."""
    if (known := station_of(region, row.context)) or len(region) <= COUNTY:
        return known
    name = f"{row.context.places.name(region)}社会工作和志愿服务站"
    return find_employer(name, region, row.context)


def _kind_of(title: str) -> str:
    """The kind of post that a title says alone."""
    return meanings.POSTS.get(title, PostKind.FRONTLINE)


def _begun(
    row: RowCheck, identity: Identity, employer: Employer, started: list[str]
) -> list[str] | None:
    """The day that a post began, None where it cannot have."""
    day = datetime.date.fromisoformat(started[0])
    try:
        flags = check_age_at_post(identity.birth_date, day)
    except RuleError as error:
        row.flag(Flag(error.rule, "W", f"{error}这一格没有录入。"), "入职日期")
        return None
    for flag in flags + check_post_within(started_on=day, opened_on=employer.opened_on):
        row.flag(flag, "入职日期")
    return started


def _state(key: str, person: str, status: str, residence: str | None, since: str) -> dict[str, Any]:
    return {
        "id": key,
        "person_id": person,
        "status": status,
        "residence_id": residence,
        "valid_from": since,
        "valid_to": None,
        "reason": "台账导入",
        "proof": "",
    }


def _hex(value: bytes) -> str:
    return "\\x" + value.hex()


def candidates(batch: Any) -> set[int]:
    """Rows whose ID number or certificate number stands in the registry, or in two rows, and
    all with a masked number or none, which are about somebody registered or about nobody, with the
    day of a leaving, which may need what the row lacks, or with a registration, which may not fit.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH r AS MATERIALIZED (SELECT number, key, c->>'number' AS certificate,"
            "  c->>'level' AS level FROM core_importrow LEFT JOIN LATERAL"
            f"  {_CERTIFICATES} ON c->>'number' <> ''"
            "  WHERE batch_id = %s AND outcome <> 'refused')"
            " SELECT r.number FROM r JOIN talent_person p ON p.id_index = r.key"
            " UNION SELECT r.number FROM r JOIN talent_certificate c ON c.number = r.certificate"
            "  AND c.level = r.level WHERE c.number <> '' AND c.ended_on IS NULL"
            " UNION SELECT unnest(array_agg(r.number)) FROM r WHERE r.certificate <> ''"
            "  GROUP BY r.certificate, r.level HAVING count(*) > 1"
            " UNION SELECT number FROM core_importrow"
            "  WHERE batch_id = %s AND outcome <> 'refused'"
            "  AND (shown ?| array['hidden', 'left', 'named']"
            "  OR coalesce(writes->'staged', writes)->'insert' ? %s)",
            [batch.pk, batch.pk, PERIOD],
        )
        return {number for (number,) in cursor.fetchall()}


def tied(batch: Any, numbers: set[int]) -> set[int]:
    """Rows of the people (merged records with them) and certificate numbers of some rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH r AS MATERIALIZED (SELECT number, key, c FROM core_importrow"
            f"  LEFT JOIN LATERAL {_CERTIFICATES} ON true"
            "  WHERE batch_id = %s AND outcome <> 'refused'),"
            " mine AS (SELECT * FROM r WHERE number = ANY(%s))"
            " SELECT number FROM r WHERE key IN (SELECT key FROM mine)"
            " UNION SELECT r.number FROM r JOIN talent_person p ON p.id_index = r.key"
            "  WHERE coalesce(p.merged_into_id, p.id) IN (SELECT coalesce(q.merged_into_id, q.id)"
            "   FROM mine JOIN talent_person q ON q.id_index = mine.key)"
            " UNION SELECT r.number FROM r JOIN mine ON r.c->>'number' = mine.c->>'number'"
            "  AND r.c->>'level' = mine.c->>'level' WHERE r.c->>'number' <> ''",
            [batch.pk, list(numbers)],
        )
        return {number for (number,) in cursor.fetchall()}


def compare(rows: list[ImportRow], context: ImportContext) -> None:
    """Outcome of rows that meet somebody: see talent.people.ledger.meeting."""
    meet(rows, context)


def create_places(batch: Any) -> None:
    """Create the unknown stations and organisations that applied rows name."""
    create_used(batch, POST, ("station_id", "organization_id"))


def request_transfers(batch: Any, context: ImportContext) -> None:
    """People of another county: ask for them instead of touching them."""
    held = ImportRow.objects.filter(batch=batch, outcome=Outcome.HELD).exclude(target=None)
    asked = []
    for row in held:
        if said := [m for m in row.messages if m.get("rule") == TRANSFER]:
            ask(Person.objects.get(pk=row.target), row, context)
            for message in said:
                message["message"] = message["message"].replace(WILL_ASK, ASKED)
            asked.append(row)
    ImportRow.objects.bulk_update(asked, ["messages"], batch_size=1000)
