"""Rules that need the whole ledger and the registry beside it: R9 and R23, in sets."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from core.rules import Flag
from talent.credentials.rules import SENIOR_LEVELS, check_senior
from talent.people.rules import PHONE_SHARED_BY, check_phone_shared

PHONE, LEVEL = "联系电话", "证书级别"
_SHARED = f"""
    WITH said AS MATERIALIZED (
        SELECT number, key, decode(substr(
            writes->'insert'->'talent.person'->0->>'phone_index', 3), 'hex') AS phone
        FROM core_importrow
        WHERE batch_id = %s AND outcome <> 'refused'
            AND NOT messages @> '[{{"rule": "R23", "column": "{PHONE}"}}]'
    ), users AS (
        SELECT phone, key, number FROM said WHERE phone IS NOT NULL
        UNION ALL
        SELECT phone_index, id_index, NULL FROM talent_person
        WHERE phone_index IN (SELECT phone FROM said)
    )
    SELECT unnest(array_remove(array_agg(number), NULL)), count(DISTINCT key) - 1
    FROM users GROUP BY phone HAVING count(DISTINCT key) > %s
"""
_SENIORS = """
    WITH said AS MATERIALIZED (
        SELECT number, key, c->>'level' AS level
        FROM core_importrow, jsonb_array_elements(writes->'insert'->'talent.certificate') c
        WHERE batch_id = %s AND outcome <> 'refused' AND c->>'level' = ANY(%s)
            AND NOT messages @> '[{"rule": "R9"}]'
    )
    SELECT said.number, said.level, array_remove(array_agg(held.level), NULL)
    FROM said
    LEFT JOIN talent_person p ON p.id_index = said.key
    LEFT JOIN talent_certificate held ON held.ended_on IS NULL
        AND held.person_id = coalesce(p.merged_into_id, p.id)
    GROUP BY said.number, said.level
"""


def remark_shared_phones(batch: Any) -> None:
    """Remark on the rows whose phone is shared in the file and the registry together."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, [batch.pk, PHONE_SHARED_BY])
        shared = cursor.fetchall()
    _remark(batch, PHONE, {number: check_phone_shared(others) for number, others in shared})


def remark_seniors(batch: Any) -> None:
    """Remark on the rows with a senior certificate of people without the one before it."""
    with connection.cursor() as cursor:
        cursor.execute(_SENIORS, [batch.pk, list(SENIOR_LEVELS)])
        seniors = cursor.fetchall()
    said = {number: check_senior(level, held_levels=held) for number, level, held in seniors}
    _remark(batch, LEVEL, said)


def _remark(batch: Any, column: str, flags: dict[int, list[Flag]]) -> None:
    """Add flags to the rows with these numbers, by one statement."""
    remarks = {n: json.dumps([f.as_remark(column) for f in said]) for n, said in flags.items()}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_importrow r SET messages = r.messages || said.messages::jsonb"
            " FROM unnest(%s::int[], %s::text[]) AS said(number, messages)"
            " WHERE r.batch_id = %s AND r.number = said.number",
            [list(remarks), list(remarks.values()), batch.pk],
        )
