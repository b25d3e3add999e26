"""Rows of the people's ledger: what a row would write, and how it meets the registry."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import connection

from core.ledgers.ledger import ImportContext, RowCheck
from core.models import ImportRow
from core.pinyin import name_pinyin
from core.rules import Flag, RuleError
from core.secrecy.crypto import blind_index, encrypt
from core.secrecy.identity import Identity, check_id_number, mask_id_number, without_id_numbers
from stations.places.named import create_used, find_employer, station_of
from talent.codes import PersonStatus, Verification
from talent.credentials.rules import check_certificate_date, clean_certificate_number
from talent.people.ledger import hidden
from talent.people.ledger.meeting import ASKED, TRANSFER, WILL_ASK, meet
from talent.people.ledger.transfers import ask
from talent.people.models import Person, new_number
from talent.people.rules import check_birth_date, check_free_text
from talent.posts.rules import check_age_at_post, check_post_within

Outcome = ImportRow.Outcome
# What meeting somebody asks: did the ledger say it, or is it a default?
_GIVEN = ("employer", "post_kind", "employment", "started_on", "category")
PERSON, STATE, EDUCATION, CERTIFICATE, POST = (
    "talent.person",
    "talent.personstate",
    "talent.education",
    "talent.certificate",
    "talent.post",
)


def build(row: RowCheck) -> None:
    """Check a row by the rules and say what it would insert if everybody in it were new."""
    v = row.values
    identity = _identity(row)
    if identity is None:
        return
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
        "given": [c for c in _GIVEN if v.get(c)] + _residence(v),
        "status": v.get("status", ""),
    }
    if hidden.is_hidden(identity.number):
        row.key = hidden.key_of(v["number"])
        masked_phone = phone if "*" in phone else ""
        row.shown["hidden"] = {
            "number": v["number"], "id_number": identity.number, "phone": masked_phone,
        }  # fmt: skip
        phone = "" if masked_phone else phone
    row.insert[PERSON] = {
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
        "ethnicity": v.get("ethnicity", ""),
        "political_status": v.get("political_status", ""),
        "native_place": "",
        "household_place": "",
        "residence_id": region,
        "region_id": post["region_id"] if post else region,
        "category": v.get("category", "1"),
        "sources": [],
        "service_fields": [],
        "status": PersonStatus.SERVING if post else PersonStatus.IDLE,
        "verification": Verification.EMPLOYER,
        "confirmed_on": row.context.day.isoformat(),
        "confirmed_before": [],
        "data_source": "台账导入",
        "remark": without_id_numbers(v.get("remark", "")),
        "user_id": None,
    }
    row.insert[STATE] = _state(
        row.context.new_id(),
        person_id,
        row.insert[PERSON]["status"],
        region,
        post["started_on"] if post else row.context.day.isoformat(),
    )
    if post:
        row.insert[POST] = {"person_id": person_id, **post}
    if education := _education(row):
        row.insert[EDUCATION] = {"person_id": person_id, **education}
    if certificate := _certificate(row, identity):
        row.insert[CERTIFICATE] = {"person_id": person_id, **certificate}


def _identity(row: RowCheck) -> Identity | None:
    v = row.values
    if hidden.is_hidden(v["id_number"]):
        if not v.get("number"):
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
    of who imports."""
    v, places = row.values, row.context.places
    county = v.get("county") or ""
    said, label = v.get("township"), "乡镇（街道）"
    level: int | None = 4
    if not said and not county:
        said, label, level = v.get("place"), "所在地区", None
    if not said:
        return str(county or places.scope)
    try:
        return str(places.resolve(said, label=label, level=level, within=county))
    except RuleError as error:
        # 所在地区 is read where our own file says it; what an office calls so is its own matter.
        if level is not None:
            row.refuse(label, str(error), error.rule)
        return str(county or places.scope)


def _residence(values: dict[str, Any]) -> list[str]:
    return ["residence"] if values.get("township") or values.get("county") else []


def _post(row: RowCheck, identity: Identity, region: str) -> dict[str, Any] | None:
    """The open primary post of the row, None when it names no employer and no start."""
    v = row.values
    started = v.get("started_on")
    name = v.get("employer")
    if not name and not started:
        return None
    if name:
        employer = find_employer(name, region, row.context)
    else:
        employer = station_of(region, row.context) or find_employer(
            f"{row.context.places.name(region)}社会工作和志愿服务站", region, row.context
        )
        row.flag(Flag("R15", "W", "没有工作单位，已按所在地的社工站登记，请核对。"), "工作单位")
    if not started:
        started = [row.context.day.isoformat(), "D"]
        row.flag(Flag("R15", "W", "没有入职日期，按导入当日登记，请补充。"), "入职日期")
    day = datetime.date.fromisoformat(started[0])
    try:
        flags = check_age_at_post(identity.birth_date, day)
        for flag in flags + check_post_within(started_on=day, opened_on=employer.opened_on):
            row.flag(flag, "入职日期")
    except RuleError as error:
        row.refuse("入职日期", str(error), error.rule)
    return {
        "id": row.context.new_id(),
        "station_id": None,
        "organization_id": None,
        employer.column: employer.id,
        "region_id": employer.region,
        "kind": v.get("post_kind", "3"),
        "is_primary": True,
        "employment": v.get("employment", "1"),
        "started_on": started[0],
        "started_precision": started[1],
        "ended_on": None,
        "end_reason": "",
    }


def _education(row: RowCheck) -> dict[str, Any] | None:
    v = row.values
    if not v.get("education"):
        if v.get("major") or v.get("school"):
            row.flag(Flag("EDU", "W", "有专业或院校但没有学历，学历未登记，请补充。"), "学历")
        return None
    return {
        "id": row.context.new_id(),
        "level": v["education"],
        "degree": "",
        "school": v.get("school", ""),
        "major": v.get("major", ""),
        "graduated_on": None,
        "ended_on": None,
        "end_reason": "",
    }


def _certificate(row: RowCheck, identity: Identity) -> dict[str, Any] | None:
    v = row.values
    level, approved = v.get("certificate_level"), v.get("approved_on")
    if not level:
        if v.get("certificate_number"):
            row.flag(Flag("R7", "W", "有管理号但没有证书级别，证书未登记，请补充。"), "证书级别")
        return None
    if not approved:
        row.flag(Flag("R8", "W", "有证书级别但没有批准日期，证书未登记，请补充。"), "批准日期")
        return None
    try:
        number, flags = clean_certificate_number(v.get("certificate_number"))
        day = datetime.date.fromisoformat(approved[0])
        flags = flags + check_certificate_date(
            level, day, birth_date=identity.birth_date, on=row.context.day
        )
    except RuleError as error:
        row.refuse("管理号" if error.rule == "R7" else "批准日期", str(error), error.rule)
        return None
    for flag in flags:
        row.flag(flag, "批准日期" if flag.rule == "R8" else "管理号")
    return {
        "id": row.context.new_id(),
        "level": level,
        "number": number,
        "approved_on": approved[0],
        "approved_precision": approved[1],
        "issuer": "",
        "exam_province": "",
        "verification": Verification.EMPLOYER,
        "verified_by_means": "",
        "verified_on": None,
        "ended_on": None,
        "end_reason": "",
    }


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
    all with a masked number, which are about somebody registered or about nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH r AS MATERIALIZED (SELECT number, key,"
            "  certificate->>'number' AS certificate, certificate->>'level' AS level"
            "  FROM core_importrow, LATERAL (SELECT"
            "   coalesce(writes->'staged', writes)->'insert'->'talent.certificate'"
            "   AS certificate) c"
            "  WHERE batch_id = %s AND outcome <> 'refused')"
            " SELECT r.number FROM r JOIN talent_person p ON p.id_index = r.key"
            " UNION SELECT r.number FROM r JOIN talent_certificate c ON c.number = r.certificate"
            "  AND c.level = r.level WHERE c.number <> '' AND c.ended_on IS NULL"
            " UNION SELECT unnest(array_agg(r.number)) FROM r WHERE r.certificate <> ''"
            "  GROUP BY r.certificate, r.level HAVING count(*) > 1"
            " UNION SELECT number FROM core_importrow"
            "  WHERE batch_id = %s AND outcome <> 'refused' AND shown ? 'hidden'",
            [batch.pk, batch.pk],
        )
        return {number for (number,) in cursor.fetchall()}


def tied(batch: Any, numbers: set[int]) -> set[int]:
    """Rows of the people (merged records with them) and certificate numbers of some rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH r AS MATERIALIZED (SELECT number, key,"
            "  coalesce(writes->'staged', writes) #> '{insert,talent.certificate}' AS c"
            "  FROM core_importrow WHERE batch_id = %s AND outcome <> 'refused'),"
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
