"""What the preview tells of a list without ID numbers: whom its rows name, what of them will be
registered, and who is missing on either side."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any

from django.db import connection
from django.db.models import Max, Min, Q

from core.entities.display import words
from core.ledgers.asking import ABSENT
from core.ledgers.beside import not_listed
from core.ledgers.ledger import ImportContext, ledger_for
from core.ledgers.models import ImportBatch, ImportRow
from talent.codes import Verification
from talent.credentials.ledger.certificates import CERTIFICATE
from talent.credentials.ledger.registrations import PERIOD
from talent.credentials.models import Certificate, RegistrationPeriod
from talent.people.ledger.named import OUTSIDE
from talent.people.models import Person

Facts = list[tuple[str, str]]
_TAKEN = [ImportRow.Outcome.NEW, ImportRow.Outcome.CHANGED, ImportRow.Outcome.UNCHANGED]
# Units that a sentence names.
_FEW = 8


def _people(rows: list[ImportRow], model: Any, label: str) -> dict[int, Any]:
    """{number of a row: whom it is about}."""
    known = model.objects.filter(pk__in={row.target for row in rows if row.target})
    persons = dict(known.values_list("pk", "person_id"))
    about = {row.number: persons.get(row.target) for row in rows if row.target}
    for row in rows:
        for record in row.writes.get("insert", {}).get(label, []):
            if key := record.get("person_id"):
                about[row.number] = key
    people = {str(person.pk): person for person in Person.objects.filter(pk__in=about.values())}
    return {number: people[str(key)] for number, key in about.items() if str(key) in people}


def _described(person: Person) -> str:
    return f"{person.name}（{person.number}）"


def tell_certificates(batch: ImportBatch, rows: list[ImportRow]) -> dict[int, Facts]:
    people = _people(rows, Certificate, CERTIFICATE)
    field = Certificate._meta.get_field("level")
    facts: dict[int, Facts] = {}
    for row in rows:
        person = people.get(row.number)
        if person is None:
            continue
        facts[row.number] = [("对上", _described(person))]
        made = row.writes.get("insert", {}).get(CERTIFICATE, [])
        facts[row.number] += [
            ("新登记", f"{words(field, one['level'])} {one.get('approved_on') or '日期不详'}")
            for one in made
        ]
    return facts


def tell_registrations(batch: ImportBatch, rows: list[ImportRow]) -> dict[int, Facts]:
    people = _people(rows, RegistrationPeriod, PERIOD)
    return {
        row.number: [
            ("对上", _described(people[row.number])),
            *(
                ("新登记", f"{one['starts_on']} 至 {one['ends_on']}")
                for one in row.writes.get("insert", {}).get(PERIOD, [])
            ),
        ]
        for row in rows
        if row.number in people
    }


# --- Who is missing ---------------------------------------------------------------------------
def _missing(batch: ImportBatch) -> list[str]:
    """名单上有、在册没有, by unit; and how many are of other counties."""
    rows = ImportRow.objects.filter(batch=batch, outcome=ImportRow.Outcome.HELD)
    absent = rows.filter(messages__contains=[{"rule": ABSENT}]).values_list("shown__detail")
    units = Counter(unit or "没有写单位" for (unit,) in absent.order_by())
    said = []
    if count := units.total():
        named = "、".join(f"{unit} {n} 人" for unit, n in units.most_common(_FEW))
        more = "等" if len(units) > _FEW else ""
        said.append(f"名单上有、在册没有的 {count} 人：{named}{more}。这份名单不会新建人员。")
    if outside := rows.filter(messages__contains=[{"rule": OUTSIDE}]).count():
        said.append(f"{outside} 人未在本辖区，不登记。")
    missing = not_listed(batch, ImportContext.of(batch).user).count()
    if missing:
        noun = ledger_for(batch.kind).label.removesuffix("名单")
        said.append(
            f"在册有、名单上没有的{noun} {missing} 条（同级别、同一时期）；用「倒查」可以逐条列出。"
        )
    return said


def uncounted_certificates(batch: ImportBatch) -> list[str]:
    """Who is missing, and what waits for a second person."""
    said = _missing(batch)
    keys = certificates_of(batch)
    new = sum(1 for _, is_new in keys.items() if is_new)
    low = Certificate.objects.filter(
        pk__in=[key for key, is_new in keys.items() if not is_new],
        verification__lt=Verification.DOCUMENT,
    ).count()
    if waiting := new + low:
        said.append(
            f"{waiting} 本证书（其中新登记 {new} 本）入库后由另一位审核员一次核验整份名单，"
            "核验之后才是「凭证核验」。"
        )
    return said


def certificates_of(batch: ImportBatch) -> dict[str, bool]:
    """{certificate that a row taken in is about: whether the row makes it}."""
    rows = ImportRow.objects.filter(batch=batch, outcome__in=_TAKEN)
    known = rows.exclude(target=None).values_list("target", flat=True)
    found = {str(key): False for key in known}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT j->>'id' FROM core_importrow r,"
            " jsonb_array_elements(r.writes->'insert'->%s) j"
            " WHERE r.batch_id = %s AND r.outcome = ANY(%s)",
            [CERTIFICATE, batch.pk, [str(one) for one in _TAKEN]],
        )
        return found | {key: True for (key,) in cursor.fetchall()}


def expected_certificates(batch: ImportBatch) -> Q:
    """The certificates that a list would name: of its levels, of the time that it is about."""
    levels, first, last = _staged_span(batch)
    span = Q(approved_on__range=(first, last)) if first and last else Q()
    return Q(level__in=levels) & span


def _staged_span(
    batch: ImportBatch,
) -> tuple[list[str], datetime.date | None, datetime.date | None]:
    """The levels of a list, and the first and last day that a certificate of it may be of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(DISTINCT j->>'level'), min(day),"
            " max(CASE j->>'approved_precision'"
            "  WHEN 'Y' THEN (date_trunc('year', day) + interval '1 year - 1 day')::date"
            "  WHEN 'M' THEN (date_trunc('month', day) + interval '1 month - 1 day')::date"
            "  ELSE day END)"
            " FROM core_importrow r, jsonb_array_elements("
            "  coalesce(r.writes->'staged', r.writes)->'insert'->%s) j,"
            " LATERAL (SELECT (j->>'approved_on')::date AS day) d WHERE r.batch_id = %s",
            [CERTIFICATE, batch.pk],
        )
        levels, first, last = cursor.fetchone()
    return levels or [], first, last


def uncounted_registrations(batch: ImportBatch) -> list[str]:
    return _missing(batch)


def expected_registrations(batch: ImportBatch) -> Q:
    """The periods that began while those of a notice did."""
    keys = ImportRow.objects.filter(batch=batch).exclude(target=None).values("target")
    known = RegistrationPeriod.objects.filter(pk__in=keys)
    span = known.aggregate(first=Min("starts_on"), last=Max("starts_on"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min((j->>'starts_on')::date), max((j->>'starts_on')::date)"
            " FROM core_importrow r, jsonb_array_elements("
            "  coalesce(r.writes->'staged', r.writes)->'insert'->%s) j WHERE r.batch_id = %s",
            [PERIOD, batch.pk],
        )
        first, last = cursor.fetchone()
    days = [day for day in (first, last, *span.values()) if day]
    return Q(starts_on__range=(min(days), max(days))) if days else Q(pk__in=[])
