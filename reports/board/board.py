"""What a board shows of a region on a day, put together from stored figures."""

from __future__ import annotations

import datetime
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from core.figures.indicator import Indicator
from core.figures.verdict import NOTHING, Verdict, percent
from core.regions.tree import Divisions, divisions_on
from reports.board import words
from reports.board.tiles import Area, Correction, Line, Point, Tile
from reports.definitions.registry import BY_CODE, HEADLINES, parts_of
from reports.definitions.talents import T1
from reports.periods.models import Settlement
from reports.periods.settlements import CORRECTED, settlement_of
from reports.plans.calendar import ended_plan, plan_on, plan_starts
from reports.plans.models import Plan
from reports.sight import may_list, may_see, parent_of
from reports.snapshots.models import Snapshot
from reports.snapshots.reading import Reading, compute, latest, read, read_all, shown
from reports.targets.goals import Goal, Goals, expected_by

# A stored day this much older than today still stands for today (the night, an outage).
_FRESH_DAYS = 3


def _whole_of(part: Indicator, value: int | None) -> int | None:
    return value if part.is_within else None


class Board:
    """A region on a day through one indicator; `by_county` breaks down past the next level."""

    def __init__(
        self,
        *,
        user: Any,
        region: str,
        day: datetime.date | None = None,
        indicator: Indicator = T1,
        by_county: bool = False,
    ) -> None:
        self.user, self.region, self.indicator = user, region, indicator
        self.asked = day
        today = timezone.localdate()
        snapshot = _newest(today) if day in (None, today) else shown(day)  # type: ignore[arg-type]
        self.day = snapshot.as_of if snapshot else day or today
        self.divisions: Divisions = divisions_on(self.day)
        self.by_county = by_county and self.divisions.level(region) == 1
        # Those below, as far as the user sees them; of a township its neighbours.
        self.codes = [c for c in self._below() if may_see(user, c)]
        self.reading = self._read(snapshot)
        self.plan: Plan | None = plan_on(self.day)
        self.goals = Goals(self.plan, [region, *self.codes], day=self.day)
        # The settlement that stands beside today's figure, also when the next plan has begun.
        signed = settlement_of(self.day)
        self.ended: Plan | None = signed.plan if signed else ended_plan(self.day)
        if signed is None and self.ended:
            signed = settlement_of(self.ended.ends_on)
        self.settlement: Settlement | None = signed

    def _below(self) -> list[str]:
        if self.by_county:
            return self.divisions.at_level(3, under=self.region)
        return self.divisions.children(parent_of(self.region) if self.is_last else self.region)

    @property
    def is_last(self) -> bool:
        """A township has nothing below: it is shown among its neighbours."""
        return self.divisions.level(self.region) > 3

    @property
    def sees_all(self) -> bool:
        """Whether there are regions below, and the user sees every one of them."""
        return not self.is_last and len(self.codes) == len(self._below())

    @property
    def tells_unlocated(self) -> bool:
        """未定位 is the province's part of its figures: only its own staff have it apart."""
        own = self.user.region_id
        return self.region == own == settings.PROVINCE_CODE

    @property
    def own_name(self) -> str:
        """What the areas below do not add up to."""
        own = "市（州）以上本级" if self.by_county else "本级"
        is_whole = self.region == settings.PROVINCE_CODE and not self.tells_unlocated
        return f"{own}和未定位" if is_whole else own

    def _read(self, snapshot: Snapshot | None) -> Reading:
        if snapshot is None:
            return compute(self.day, regions=[self.region, *self.codes])
        reading = read(snapshot, user=self.user, regions=[self.region])
        areas = read(snapshot, user=self.user, regions=self.codes, indicators=[self.indicator.code])
        reading.values.update(areas.values)
        return reading

    @property
    def name(self) -> str:
        return self.divisions.name(self.region)

    @property
    def fresh_share(self) -> str:
        fresh = self.reading.value("T1_FRESH", self.region)
        return percent(fresh, self.reading.value("T1", self.region))

    def list_url(
        self,
        indicator: Indicator,
        region: str = "",
        part: str = "",
        day: datetime.date | None = None,
    ) -> str:
        """Where a number leads: its list, "" where the user sees the figure only."""
        code = region or self.region
        if not may_list(self.user, code):
            return ""
        query = [f"on={day or self.day:%Y-%m-%d}"] + ([f"part={part}"] if part else [])
        address = reverse("dashboard_list", kwargs={"region": code, "code": indicator.code})
        return f"{address}?{'&'.join(query)}"

    def goal(self, indicator: Indicator, region: str) -> Goal | None:
        denominator = self.reading.denominator(indicator.code, region)
        return self.goals.final(indicator.code, region, denominator)

    # --- Tiles ----------------------------------------------------------------------------
    def tiles(self) -> list[Tile]:
        settlement = self._settlement()
        shown = [i for i in HEADLINES if self._applies(i)]
        return [self._tile(i, settlement) for i in shown]

    def _applies(self, indicator: Indicator) -> bool:
        """A share of nothing (centres of a county) is not shown."""
        if indicator.out_of is None:
            return True
        return bool(self.reading.denominator(indicator.code, self.region))

    def _settlement(self) -> Reading | None:
        return self._headlines(shown(self.ended.ends_on)) if self.ended else None

    @cached_property
    def _settled_now(self) -> Reading | None:
        """What the data now say of the day that was signed."""
        signed = self.settlement
        return self._headlines(latest(signed.plan.ends_on)) if signed else None

    def _headlines(self, snapshot: Snapshot | None) -> Reading | None:
        if snapshot is None:
            return None
        return read(
            snapshot, user=self.user, regions=[self.region], indicators=[i.code for i in HEADLINES]
        )

    def _correction(self, indicator: Indicator, settled: Reading) -> Correction | None:
        """What changed since the signature, as (net change, its list)."""
        if self.settlement is None or self._settled_now is None:
            return None
        now = self._settled_now.value(indicator.code, self.region)
        day = self.settlement.plan.ends_on
        url = self.list_url(indicator, part=CORRECTED, day=day)
        before = settled.value(indicator.code, self.region)
        return Correction((now or 0) - (before or 0), url)

    @cached_property
    def _goals_then(self) -> Goals:
        same = self.ended == self.plan
        if same or self.ended is None:
            return self.goals
        return Goals(self.ended, [self.region], day=self.day)

    def _tile(self, indicator: Indicator, settlement: Reading | None) -> Tile:
        code, region = indicator.code, self.region
        value = self.reading.value(code, region)
        denominator = self.reading.denominator(code, region)
        goal = self.goal(indicator, region)
        goals = [
            g for g in self.goals.all(code, region, denominator) if goal and g.year <= goal.year
        ]
        lines = [
            Line(part, amount, self.list_url(part), whole)
            for part in parts_of(indicator)
            # Of a rate the parts are shares of the same whole.
            for whole in [denominator if indicator.out_of is not None else _whole_of(part, value)]
            for amount in [self.reading.value(part.code, region)]
        ]
        before_goal = (
            self._goals_then.final(code, region, settlement.denominator(code, region))
            if settlement
            else None
        )
        before = settlement.value(code, region) if settlement else None
        start = 0 if indicator.starts_over else before or 0
        expected = (
            expected_by(self.plan, goals, self.day, start=start) if self.plan and goals else None
        )
        return Tile(
            indicator=indicator,
            value=value,
            denominator=denominator,
            goal=goal,
            verdict=words.pace(indicator, value, self.plan, goals, self.day, start=start),
            check=self._check(indicator, goal),
            url=self.list_url(indicator),
            lines=lines,
            settlement=before,
            settlement_url=self.list_url(indicator, day=self.ended.ends_on)
            if self.ended and before is not None
            else "",
            settlement_verdict=words.settled(before, before_goal) if settlement else None,
            correction=self._correction(indicator, settlement) if settlement else None,
            is_settled=settlement is not None and self.ended == self.plan,
            pace_mark=min(100, round(expected * 100 / goal.value))
            if goal and goal.value and expected is not None
            else None,
            later=self._later(code, region, denominator, goal),
        )

    def _check(self, indicator: Indicator, goal: Goal | None) -> Verdict:
        """What the figure says beside others; nothing for one without a check."""
        if indicator.check is None:
            return NOTHING
        return indicator.check(self.reading, self.region, goal.value if goal else None)

    def _later(
        self, code: str, region: str, denominator: int | None, goal: Goal | None
    ) -> Goal | None:
        """The next deadline that still runs: a plan may set one beyond its own end."""
        known = [*self.goals.all(code, region, denominator)]
        known += self._goals_then.all(code, region, denominator)
        after = max(self.day.year - 1, goal.year if goal else 0)
        return next((g for g in sorted(known, key=lambda g: g.year) if g.year > after), None)

    # --- Breakdown ------------------------------------------------------------------------
    def areas(self) -> list[Area]:
        """Regions below with their figures, best first; last and without a rank those of which
        nothing is known."""
        rows = [self._area(c) for c in self.codes]
        if self.indicator.out_of is not None:
            rows = [a for a in rows if a.denominator]
        known = [(a.measure, a) for a in rows if a.measure is not None]
        better = self.indicator.better_is_higher
        known.sort(key=lambda item: (-item[0] if better else item[0], item[1].code))
        ranks: dict[float, int] = {}
        for position, (measure, _) in enumerate(known, start=1):
            ranks.setdefault(measure, position)
        ranked = [replace(area, rank=ranks[measure]) for measure, area in known]
        return ranked + [a for a in rows if a.measure is None]

    def _area(self, region: str) -> Area:
        code = self.indicator.code
        return Area(
            code=region,
            name=self.divisions.name(region),
            value=self.reading.value(code, region),
            denominator=self.reading.denominator(code, region),
            goal=self.goal(self.indicator, region),
            url=reverse("dashboard", kwargs={"region": region}),
            list_url=self.list_url(self.indicator, region),
        )

    def reconciliation(self, areas: list[Area]) -> dict[str, Any] | None:
        """合计 = Σ下级 + 本级 + 未定位; None where the user does not see all regions below, or
        nothing is known."""
        if not self.sees_all:
            return None
        code = self.indicator.code
        total = self.reading.value(code, self.region)
        if total is None:
            return None
        below = sum(a.value or 0 for a in areas)
        unlocated = self.reading.unlocated(code) if self.tells_unlocated else 0
        return {
            "total": total,
            "denominator": (whole := self.reading.denominator(code, self.region)),
            "rate": percent(total, whole),
            "below": below,
            "own": total - below - unlocated,
            # Past the prefectures this is theirs too.
            "own_name": self.own_name,
            "own_url": "" if self.by_county else self.list_url(self.indicator, part="own"),
            "unlocated": unlocated,
            "unlocated_url": self.list_url(self.indicator, part="unlocated"),
            "is_province": self.tells_unlocated,
        }

    # --- Trend ----------------------------------------------------------------------------
    def trend(self) -> list[Point]:
        """The last stored figure of each year up to the day, the day itself last."""
        stored = Snapshot.objects.filter(as_of__lte=self.day)
        # Of two for one day the signed one stands.
        days = stored.order_by("as_of", F("settlement").asc(nulls_first=True), "computed_at")
        last = {snapshot.as_of.year: snapshot for snapshot in days.defer("marks")}
        if self.reading.snapshot is not None:
            last[self.day.year] = self.reading.snapshot
        readings = read_all(
            last.values(), user=self.user, region=self.region, indicator=self.indicator.code
        )
        points = {reading.as_of.year: self._point(reading) for reading in readings}
        if self.reading.is_live:
            points[self.day.year] = self._point(self.reading)
        # What was not recorded at that time is no point of a line.
        known = [point for _, point in sorted(points.items()) if point is not None]
        return self._restarted(known)

    def _restarted(self, points: list[Point]) -> list[Point]:
        if not self.indicator.starts_over:
            return points
        # Before the first plan there is nothing that the first one could start over from.
        plans = sorted(plan_starts())[1:]
        return [
            point._replace(restarts=any(before.on < start <= point.on for start in plans))
            for before, point in pairwise([*points[:1], *points])
        ]

    def _point(self, reading: Reading) -> Point | None:
        code = self.indicator.code
        if (value := reading.value(code, self.region)) is None:
            return None
        return Point(
            reading.as_of,
            value,
            self.list_url(self.indicator, day=reading.as_of),
            reading.version(self.indicator),
            reading.divisions_version,
            reading.denominator(code, self.region),
        )

    def path(self) -> list[tuple[str, str]]:
        """(code, name) of the regions above, as far as the user may open them."""
        return [(c, self.divisions.name(c)) for c in self.divisions.path(self.region)]


def _newest(today: datetime.date) -> Snapshot | None:
    """The latest stored day that may stand for today: none from before a change of divisions."""
    since = today - datetime.timedelta(days=_FRESH_DAYS)
    stored = Snapshot.objects.filter(
        as_of__range=(since, today),
        settlement=None,
        divisions_version=divisions_on(today).version,
    )
    return stored.order_by("-as_of", "-computed_at").first()


def chosen_indicator(code: str) -> Indicator:
    """An indicator by its code, the first one for anything unknown."""
    return BY_CODE.get(code, T1)
