"""The ids that a signed settlement counted, and what today's data say otherwise about its day.

Set-based throughout: a population is read once, its ids are gathered by the database.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, connections, router
from django.db.models import F, IntegerField, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from core.figures.indicator import Indicator, sql_condition
from core.figures.lists import OWN, UNLOCATED, WHOLE, members
from core.figures.population import Population
from core.models import Region
from core.regions.tree import divisions_on
from reports.definitions.registry import INDICATORS
from reports.periods.models import SettledMembers, Settlement

# A list of the differences to what was signed (the other parts are core.figures.lists').
CORRECTED = "corrected"


def settlement_of(day: datetime.date) -> Settlement | None:
    """The signed settlement whose day it is."""
    frozen = Settlement.objects.filter(plan__ends_on=day, frozen_at__isnull=False)
    return frozen.select_related("plan", "snapshot", "by").first()


# --- Freezing -----------------------------------------------------------------------------
def store_members(settlement: Settlement, day: datetime.date) -> str:
    """Store what every indicator counts by its region on the day; the digest of it all.

    Inside a transaction, the one in which the figures were computed.
    """
    groups: dict[Population, list[Indicator]] = defaultdict(list)
    for indicator in INDICATORS:
        groups[indicator.population].append(indicator)
    divisions = divisions_on(day)
    places = list(Region.objects.order_by("code").values_list("code", flat=True))
    lies_in = [divisions.effective(place) for place in places]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '192MB'")
        for population, group in groups.items():
            weights = {i.weight for i in group if i.weight}
            rows = _keyed(population.rows(day)).values("key", "place", *population.facts, *weights)
            inner, params = rows.query.sql_with_params()
            cursor.execute(f"CREATE TEMP TABLE settling ON COMMIT DROP AS {inner}", params)
            for indicator in group:
                cursor.execute(_gather(indicator), [settlement.pk, indicator.code, places, lies_in])
            cursor.execute("DROP TABLE settling")
        return digest_of(settlement)


def _keyed(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by().annotate(key=Cast(F("pk"), TextField()))


def _gather(indicator: Indicator) -> str:
    amounts = f'array_agg("{indicator.weight}" ORDER BY key)' if indicator.weight else "NULL"
    return (
        f"INSERT INTO {SettledMembers._meta.db_table}"
        " (settlement_id, indicator, region_id, ids, amounts)"
        f" SELECT %s, %s, tree.lies_in, array_agg(key ORDER BY key), {amounts}"
        " FROM settling LEFT JOIN unnest(%s::text[], %s::text[]) AS tree(recorded, lies_in)"
        " ON tree.recorded = place"
        f" WHERE {sql_condition(indicator.where)} GROUP BY tree.lies_in"
    )


def digest_of(settlement: Settlement) -> str:
    """SHA-256 of the stored members, computed anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(sha256(coalesce(string_agg(sha256(convert_to(concat_ws('|',"
            " indicator, region_id, array_to_string(ids, ','), array_to_string(amounts, ',')),"
            " 'UTF8')), ''::bytea ORDER BY indicator, region_id), ''::bytea)), 'hex')"
            f" FROM {SettledMembers._meta.db_table} WHERE settlement_id = %s",
            [settlement.pk],
        )
        return str(cursor.fetchone()[0])


# --- Reading ------------------------------------------------------------------------------
def _settled_rows(
    settlement: Settlement, indicator: Indicator, region: str, part: str = WHOLE
) -> tuple[str, list[Any]]:
    """SQL of (key, amount, region) as frozen, and its parameters."""
    params: list[Any]
    parts = divisions_on(settlement.plan.ends_on).parts(region)
    where, params = "m.region_id LIKE ANY(%s)", [[f"{code}%" for code in parts]]
    if part == OWN:
        where, params = "m.region_id = ANY(%s)", [parts]
    elif part == UNLOCATED:
        where, params = "m.region_id IS NULL AND %s = %s", [region, settings.PROVINCE_CODE]
    elif region == settings.PROVINCE_CODE:
        where, params = "TRUE", []
    sql = (
        "SELECT u.key, coalesce(u.amount, 1) AS amount, m.region_id AS region"
        f" FROM {SettledMembers._meta.db_table} AS m,"
        " unnest(m.ids, m.amounts) AS u(key, amount)"
        f" WHERE m.settlement_id = %s AND m.indicator = %s AND {where}"
    )
    return sql, [settlement.pk, indicator.code, *params]


def settled_count(settlement: Settlement, indicator: Indicator, region: str, part: str) -> int:
    """How many things were counted there, whoever may see them today."""
    sql, params = _settled_rows(settlement, indicator, region, part)
    return int(_fetch(f"SELECT count(*) FROM ({sql}) AS s", params)[0][0])


def settled_members(
    settlement: Settlement, indicator: Indicator, region: str, part: str = WHOLE, *, user: Any
) -> QuerySet[Any]:
    """What was counted there, as far as the user may see it today; as the records are today."""
    sql, params = _settled_rows(settlement, indicator, region, part)
    model: Any = indicator.population.rows(settlement.plan.ends_on).model
    kind = model._meta.pk.db_type(connection)
    counted = RawSQL(f"SELECT key::{kind} FROM ({sql}) AS s", params)  # noqa: S611  no input
    return model.objects.for_user(user).filter(pk__in=counted)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Settled:
    """A thing as it was counted: where, and how much it added."""

    region: str | None
    amount: int


def as_settled(
    settlement: Settlement, indicator: Indicator, region: str, keys: list[str]
) -> dict[str, Settled]:
    """Of some of what was counted in a region: where it lay, and how much each added."""
    sql, params = _settled_rows(settlement, indicator, region)
    wanted = f"SELECT key, amount, region FROM ({sql}) AS s WHERE key = ANY(%s)"
    return {key: Settled(place, n) for key, n, place in _fetch(wanted, [*params, keys])}


@dataclass(frozen=True)
class Correction:
    """What one thing added when the plan was settled, and adds by today's data."""

    key: str
    before: int
    now: int


def corrections(settlement: Settlement, indicator: Indicator, region: str) -> list[Correction]:
    """决算后更正: where today's data about the day differ from what was signed."""
    then, params = _settled_rows(settlement, indicator, region)
    rows = _keyed(members(indicator, settlement.plan.ends_on, region))
    one = F(indicator.weight) if indicator.weight else Value(1)
    now = rows.annotate(adds=Cast(one, IntegerField())).values("key", "adds")
    live, live_params = now.query.sql_with_params()
    sql = (
        "SELECT key, coalesce(f.amount, 0), coalesce(n.adds, 0)"
        f" FROM ({then}) AS f FULL JOIN ({live}) AS n USING (key)"
        " WHERE f.amount IS DISTINCT FROM n.adds ORDER BY key"
    )
    return [Correction(*row) for row in _fetch(sql, [*params, *live_params])]


def _fetch(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    using = router.db_for_read(SettledMembers)
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
