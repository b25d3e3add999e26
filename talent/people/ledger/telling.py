"""What the preview tells of rows of people: what will be stored, and what will not count."""

from __future__ import annotations

import datetime
import json
from typing import Any

from django.db import connection

from core.dates import KNOWN_LENGTH
from core.ledgers.models import ImportBatch, ImportRow
from core.timeline import said_day
from stations.models import Organization, Station
from talent.codes import CertificateLevel, EducationLevel, Employment, PostKind
from talent.people.ledger.meanings import FROM_TODAY
from talent.people.ledger.meeting.encounter import CERTIFICATE, EDUCATION, PERIOD, POST
from talent.people.ledger.meeting.leaving import ENDS
from talent.posts.models import Post

Facts = list[tuple[str, str]]
_CERTIFICATES = """
    SELECT count(*), count(c->>'approved_on')
    FROM core_importrow, jsonb_array_elements(writes->'insert'->'talent.certificate') c
    WHERE batch_id = %s AND outcome IN ('new', 'changed')
"""
_LOST = """
    SELECT count(*) FROM core_importrow WHERE batch_id = %s AND outcome IN ('new', 'changed')
        AND messages @> '[{"column": "证书级别", "level": "W"}]'
"""


def uncounted(batch: ImportBatch) -> list[str]:
    """What of a ledger of people will not count, or from today only."""
    leaves = json.dumps([{"rule": ENDS}])
    from_today = json.dumps([{"column": "入职日期", "message": FROM_TODAY}])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE outcome = 'new'),"
            " count(*) FILTER (WHERE outcome = 'new' AND NOT writes->'insert' ? %s),"
            " count(*) FILTER (WHERE messages @> %s),"
            " count(*) FILTER (WHERE messages @> %s AND NOT messages @> %s),"
            " count(*) FILTER (WHERE outcome = 'new' AND writes->'insert' ? %s"
            "                  AND NOT shown->'given' ? 'employment')"
            " FROM core_importrow WHERE batch_id = %s AND outcome IN ('new', 'changed')",
            [POST, leaves, from_today, leaves, POST, batch.pk],
        )
        new, without_post, gone, undated_posts, assumed = cursor.fetchone()
        cursor.execute(_CERTIFICATES, [batch.pk])
        certificates, dated = cursor.fetchone()
        cursor.execute(_LOST, [batch.pk])
        lost = cursor.fetchone()[0]
    said = []
    if new:
        said.append(f"新增 {new} 人，登记证书 {certificates} 本。")
    if undated := certificates - dated:
        said.append(f"{undated} 本证书没有批准日期，登记为日期不详，补上之前哪一天都不计入持证。")
    if lost:
        said.append(f"{lost} 行的证书因为没有级别或级别认不出，没有登记。")
    if undated_posts:
        said.append(f"{undated_posts} 人没有写明入职日期，任职从今天起算，今天以前的统计不计入。")
    if assumed:
        said.append(f"{assumed} 人没有写明用工性质，按机构合同制登记，计入从业人员；不是的请补充。")
    if gone:
        said.append(f"{gone} 人按台账登记离岗，最后在岗日的次日起不计入从业人员。")
    if without_post:
        said.append(f"{without_post} 人没有任职，不计入从业人员。")
    return said


def tell(batch: ImportBatch, rows: list[ImportRow]) -> dict[int, Facts]:
    """{number of a row: what it stores of post, education and certificates}."""
    inserts = {row.number: said for row in rows if (said := _said(row))}
    names = _employers(batch, [post for said in inserts.values() for post in said.get(POST, [])])
    return {
        number: [
            *_posts(said.get(POST, []), names),
            *_studies(said),
            *_certificates(said),
            *_registrations(said),
        ]
        for number, said in inserts.items()
    }


def _said(row: ImportRow) -> dict[str, Any]:
    """What a row says of a person; of who leaves a registered post the difference tells it."""
    if row.outcome == ImportRow.Outcome.NEW:
        return dict(row.writes["insert"])
    said = dict(row.writes.get("staged", row.writes).get("insert", {}))
    return said if "left" not in row.shown else said | {POST: []}


def _employers(batch: ImportBatch, posts: list[dict[str, Any]]) -> dict[str, str]:
    """The names of the places of posts, those that are only planned included."""
    keys = {str(post.get(c)) for post in posts for c in ("station_id", "organization_id")
            if post.get(c)}  # fmt: skip
    names = {place["id"]: place["name"] for place in batch.places}
    known: tuple[Any, ...] = (Station, Organization)
    for model in known:
        found = model.objects.filter(pk__in=keys - names.keys()).values_list("pk", "name")
        names |= {str(pk): name for pk, name in found}
    return names


def _posts(posts: list[dict[str, Any]], names: dict[str, str]) -> Facts:
    facts: Facts = []
    for post in posts:
        employer = post.get("station_id") or post.get("organization_id")
        kind = post.get("title") or PostKind(post["kind"]).label
        employment = Employment(post["employment"]).label
        since = _day(post.get("started_on"), post.get("started_precision"))
        span = f"{since} 起" if not post.get("ended_on") else f"{since} 至 {_last_day_of(post)}"
        facts.append(("任职", f"{names.get(str(employer), '')}，{kind}，{employment}，{span}"))
    return facts


def _last_day_of(post: dict[str, Any]) -> str:
    ended_on = datetime.date.fromisoformat(post["ended_on"])
    return str(said_day(Post._meta.get_field("ended_on"), ended_on))


def _studies(said: dict[str, Any]) -> Facts:
    found = [
        " ".join(filter(None, (EducationLevel(e["level"]).label, e.get("school"), e.get("major"))))
        for e in said.get(EDUCATION, [])
    ]
    return [("学历", "、".join(found))] if found else []


def _certificates(said: dict[str, Any]) -> Facts:
    found = []
    for one in said.get(CERTIFICATE, []):
        since = _day(one.get("approved_on"), one.get("approved_precision"))
        found.append(f"{CertificateLevel(one['level']).label}（{since}）")
    return [("证书", "、".join(found))] if found else []


def _registrations(said: dict[str, Any]) -> Facts:
    found = [f"{one['starts_on']} 至 {one['ends_on']}" for one in said.get(PERIOD, [])]
    return [("登记", "、".join(found))] if found else []


def _day(day: str | None, precision: str | None) -> str:
    return day[: KNOWN_LENGTH.get(precision or "D", 10)] if day else "日期不详"
