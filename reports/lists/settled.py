"""The rows behind a signed figure: exactly what was counted, and what was corrected since."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from core.entities.changes import FieldChange
from core.figures.indicator import condition
from core.figures.lists import explain
from reports.asking import region_then
from reports.definitions import stamps
from reports.lists.asking import Asked
from reports.lists.listing import FigureListing, Stored
from reports.periods import settlements
from reports.periods.causes import causes
from reports.periods.models import Settlement
from reports.periods.settlements import CORRECTED, Correction

NO_LONGER = "结算时计入，按现在的数据不再计入"


class SettledListing(FigureListing):
    """The list as it was frozen; of the part `corrected` the differences to today's data."""

    def __init__(self, settlement: Settlement, asked: Asked, *args: Any) -> None:
        super().__init__(asked, *args)
        assert settlement.snapshot is not None
        self.settlement, self.snapshot = settlement, settlement.snapshot

    @property
    def is_corrected(self) -> bool:
        return self.asked.part == CORRECTED

    @property
    def title(self) -> str:
        what = "决算后更正" if self.is_corrected else "决算名单"
        return f"{self.asked.indicator.name}{what}"

    # --- Rows --------------------------------------------------------------------------

    @cached_property
    def corrections(self) -> dict[str, Correction]:
        return self._corrections(self.asked.region) if self.is_corrected else {}

    def _corrections(self, region: str) -> dict[str, Correction]:
        found = settlements.corrections(self.settlement, self.asked.indicator, region)
        return {c.key: c for c in found}

    @cached_property
    def everything(self) -> Any:
        if self.is_corrected:
            return self.reach.rows().filter(pk__in=list(self.corrections))
        return self._settled(self.asked.region, self.asked.part)

    def _settled(self, region: str, *part: str) -> Any:
        asked = self.asked
        return settlements.settled_members(
            self.settlement, asked.indicator, region, *part, user=asked.user
        )

    def within(self, rows: Any, code: str) -> Any:
        """Of a region below as it was counted there, or is counted otherwise by now."""
        place = region_then(code, self.asked.day)
        if self.is_corrected:
            return rows.filter(pk__in=list(self._corrections(place)))
        return rows.filter(pk__in=self._settled(place).values("pk"))

    def fetch(self, ids: list[Any]) -> Any:
        return self.complete(list(self.reach.rows().filter(pk__in=ids)))

    def complete(self, records: list[Any]) -> list[Any]:
        """Each record with the place where it counted, and what is to be said of it."""
        asked, indicator = self.asked, self.asked.indicator
        keys = [record.pk for record in records]
        then = settlements.as_settled(
            self.settlement, indicator, asked.region, [str(k) for k in keys]
        )
        counted = indicator.population.rows(asked.day).filter(pk__in=keys)
        live = {row.pk: row for row in counted.filter(condition(indicator.where))}
        why, changed = explain(indicator, list(live.values()), asked.day), self._changes(keys)
        for record in records:
            settled, now = then.get(str(record.pk)), live.get(record.pk)
            record.place = settled.region if settled else now.place if now else None
            record.why = self._said(record, why.get(record.pk))
            record.changes = changed.get(record.pk, [])
        return records

    def _changes(self, keys: list[Any]) -> dict[Any, list[FieldChange]]:
        """Of what was corrected what was changed since the signature."""
        if not self.is_corrected:
            return {}
        return causes(self.asked.indicator.population, keys, since=self.settlement.frozen_at)

    def _said(self, record: Any, why: list[str] | None) -> list[str]:
        correction = self.corrections.get(str(record.pk))
        if correction is None:
            return [NO_LONGER] if why is None else why
        unit = self.asked.indicator.unit
        if self.asked.indicator.weight:
            return [f"结算时 {correction.before:,} {unit}，现为 {correction.now:,} {unit}"]
        if correction.now:
            return ["结算后补计", *(why or [])]
        return [NO_LONGER if why is None else "结算时计入本地区，按现在的数据计入别处"]

    @property
    def stored(self) -> Stored:  # type: ignore[override]
        """It is as long as it was signed: there is nothing to compare it with."""
        return Stored()

    @property
    def total(self) -> int:
        """How many rows were counted or corrected, whoever may see them."""
        if self.is_corrected:
            return len(self.corrections)
        asked = self.asked
        return settlements.settled_count(self.settlement, asked.indicator, asked.region, asked.part)

    # --- In words ----------------------------------------------------------------------

    @property
    def versions(self) -> str:
        """Those that were signed (R25)."""
        indicator = self.asked.indicator
        version = str(self.snapshot.versions.get(indicator.code, indicator.version))
        return stamps.versions(stamps.version(indicator, version), self.snapshot.divisions_version)

    @property
    def stamp(self) -> str:
        settlement = self.settlement
        return f"{super().stamp}，{settlement.document}，名单校验码 {settlement.digest}"

    def _left_out(self) -> str:
        """The digest says which list it is a part of."""
        return ""

    def said(self) -> dict[str, Any]:
        asked, total = self.asked, self.total
        words = {
            "empty_title": f"决算时没有计入的{asked.indicator.population.name}",
            "empty_hint": asked.indicator.rule,
        }
        if self.is_corrected:
            hint = f"按现在的数据，{asked.day:%Y-%m-%d} 计入的与决算时相同。"
            words = {"empty_title": "没有决算后更正", "empty_hint": hint}
        return words | {
            "asked": asked,
            "settlement": self.settlement,
            "is_corrected": self.is_corrected,
            "total": total,
            "net": sum(c.now - c.before for c in self.corrections.values()),
            "hidden": total - self.length,
            "matching": None if self.is_whole else self.count,
            "versions": self.versions,
        }
