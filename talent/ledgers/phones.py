"""R23 for a whole ledger: phones that stand with more than three people."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from talent.rules import PHONE_SHARED_BY, check_phone_shared

COLUMN = "联系电话"
_SHARED = f"""
    WITH said AS MATERIALIZED (
        SELECT number, key, decode(substr(
            writes->'insert'->'talent.person'->>'phone_index', 3), 'hex') AS phone
        FROM core_importrow
        WHERE batch_id = %s AND outcome <> 'refused'
            AND NOT messages @> '[{{"rule": "R23", "column": "{COLUMN}"}}]'
    ), users AS (
        SELECT phone, key, number FROM said WHERE phone IS NOT NULL
        UNION ALL
        SELECT phone_index, id_index, NULL FROM talent_person
        WHERE phone_index IN (SELECT phone FROM said)
    )
    SELECT unnest(array_remove(array_agg(number), NULL)), count(DISTINCT key) - 1
    FROM users GROUP BY phone HAVING count(DISTINCT key) > %s
"""


def remark_shared_phones(batch: Any) -> None:
    """Remark on the rows whose phone is shared in the file and the registry together."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, [batch.pk, PHONE_SHARED_BY])
        remarks = {
            number: json.dumps([f.as_remark(COLUMN) for f in check_phone_shared(others)])
            for number, others in cursor.fetchall()
        }
        cursor.execute(
            "UPDATE core_importrow r SET messages = r.messages || said.messages::jsonb"
            " FROM unnest(%s::int[], %s::text[]) AS said(number, messages)"
            " WHERE r.batch_id = %s AND r.number = said.number",
            [list(remarks), list(remarks.values()), batch.pk],
        )
