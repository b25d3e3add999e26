"""What offices do with stations, divisions and ledgers."""

from __future__ import annotations

import datetime
from typing import Any

from core.dates import today
from core.models import ImportBatch, Region
from core.regions.successions import apply_successions
from core.regions.tree import forget_divisions
from stations.models import Organization, Station, StationMonthly
from stations.organizations.actions import end_organization
from stations.places.actions import (
    approve_station,
    change_coverage,
    change_station_state,
    close_station,
    open_station,
    update_station,
)
from tests.audit.desk import PLACES, REASON, Desk
from tests.imports import ledgers


class PlacesDesk(Desk):
    def open_station(self) -> None:
        place = self.place()
        kinds = {4: "15", 6: "2568", 9: "333344789"}[len(place)]
        kind = self.dice.choice(kinds)
        number = Station.objects.count()
        station = Station(
            name=f"第{number}站", kind=kind, region_id=place, status=self.dice.choice("12333"),
            built_on=self.dice.choice((self.day(900), None)),
            approval_number=self.dice.choice(("", "民发1号")),
            operator=self._operator(place) if kind in "1256" else None,
            address=self.dice.choice(("", "一号路")),
        )  # fmt: skip
        if not self.is_correcting:
            station.approval_number = "民发1号"
        open_station(station=station, by=self.clerk(place))

    def _operator(self, place: str) -> Organization:
        found = self.employer(place)
        if not found.credit_code and self.dice.random() < 0.5:
            found.credit_code = f"5252{self.dice.randrange(10**13):014d}"
            found.save()
        return found

    def state(self) -> None:
        station = self.station()
        change_station_state(
            station=station, by=self.clerk(station.region_id), status=self.dice.choice("12334"),
            changed_on=self.day(200), reason=REASON,
        )  # fmt: skip

    def approve(self) -> None:
        station = self.station()
        since = self.day(300) if self.dice.random() < 0.5 else None
        by = self.reviewer(station.region_id)
        approve_station(station=station, by=by, reason=REASON, since=since)

    def number(self) -> None:
        """The number of the approval is found later, with its day or without; or was wrong."""
        station = self.station()
        station.approval_number = self.dice.choice(("民发2号", "民发2号", ""))
        dated = station.approval_number and self.is_correcting and self.dice.random() < 0.5
        station.approval_date = self.day(300) if dated else None
        update_station(station=station, by=self.clerks["52"])

    def cover(self) -> None:
        station = self.station(kind="3")
        near = Region.objects.valid_on(today()).filter(pk__in=PLACES, level=4)
        regions = [r for r in near if r.pk[:6] == station.region_id[:6]]
        change_coverage(
            station=station, by=self.clerk(station.region_id), changed_on=self.day(200),
            regions=[r for r in regions if r.pk == station.region_id or self.dice.random() < 0.5],
        )  # fmt: skip

    def close(self) -> None:
        station = self.station()
        others = Station.objects.open().filter(kind=station.kind).exclude(pk=station.pk)
        successor = self.one(others) if others.exists() and self.dice.random() < 0.5 else None
        close_station(
            station=station, by=self.clerks["52"], closed_on=self.day(60), reason=REASON,
            successor=successor, is_renamed=successor is not None and self.dice.random() < 0.5,
            is_mistake=self.is_correcting and successor is None and self.dice.random() < 0.4,
        )  # fmt: skip

    def end_organization(self) -> None:
        row = self.one(Organization.objects.filter(ended_on=None))
        end_organization(organization=row, by=self.clerks["52"], since=self.since(), reason=REASON)

    def wrong_region(self) -> None:
        """A station was entered in the wrong place, or with the wrong day of building."""
        station = self.station(kind="3")
        station.region_id = self.place()
        station.built_on = self.day(900)
        station.validate_constraints()
        update_station(station=station, by=self.clerks["52"])

    def monthly(self) -> None:
        station = self.station(kind="3", status="3")
        back = self.dice.randint(0, 8) if self.is_correcting else 0
        month = (today() - datetime.timedelta(days=30 * back)).replace(day=1)
        if not StationMonthly.objects.filter(station=station, month=month).exists():
            visits = self.dice.choice((0, 5, 9)) if self.is_correcting else 5
            StationMonthly.objects.create(station=station, month=month, visits=visits)

    # --- Divisions, graduates, ledgers ----------------------------------------------------
    def abolish(self) -> None:
        """The divisions due by today are applied; now and then one more ends today."""
        if self.dice.random() < 0.3:
            code = self.dice.choice([p for p in PLACES if len(p) == 9])
            beside = Region.objects.valid_on(today()).filter(level=4, parent_id=code[:6])
            successor = beside.exclude(pk=code).order_by("pk").first()
            Region.objects.valid_on(today()).filter(pk=code).update(
                valid_to=today(), successor=self.dice.choice((successor, None))
            )
        forget_divisions()
        ahead = dict(Region.objects.filter(valid_to__gt=today()).values_list("pk", "valid_to"))
        # The file of divisions arrives when it is published, not years before.
        Region.objects.filter(pk__in=ahead).update(valid_to=None)
        apply_successions()
        for code, end in ahead.items():
            Region.objects.filter(pk=code).update(valid_to=end)

    def graduates(self) -> None:
        if not self.is_correcting:
            return  # A year's graduates are known after its end.
        row = [
            self.dice.choice(("贵州大学", "铜仁学院")), "社会工作", "本科",
            self.dice.randint(2018, today().year),
            self.dice.randint(1, 90), "", self.dice.choice(("", "省内", "省外")),
        ]  # fmt: skip
        header = "院校名称 专业 培养层次 毕业年度 毕业人数 其中留黔人数 院校所在".split()
        ledgers.take(self.clerks["52"], "graduates", ledgers.workbook([header, row]))

    def people_ledger(self) -> ImportBatch:
        """Old and new people of a county, with what a ledger says about them."""
        county = self.county().pk
        rows = [self._row(county) for _ in range(self.dice.randint(2, 6))]
        return ledgers.take(self.clerk(county), "people", ledgers.people(*rows))

    def _row(self, county: str) -> list[Any]:
        townships = Region.objects.valid_on(today()).filter(parent_id=county).order_by("pk")
        cells: dict[str, Any] = {
            "乡镇（街道）": self.dice.choice(list(townships[:6])).pk,
            # A station that is known by name alone is corrected by its own ledger later.
            "工作单位": self.dice.choice(
                ("第1站", "某某服务中心", "" if self.is_correcting else "某中心")
            ),
            "入职日期": self.day().isoformat(),
            "学历": self.dice.choice(("本科", "高中", "")),
            "证书级别": self.dice.choice(("", "助理社会工作师", "社会工作师")),
            "批准日期": self.day(900).isoformat(),
        }
        if self.is_correcting and self.dice.random() < 0.4:
            someone = self.person()
            return ledgers.person(someone.name, str(someone.id_number), **cells)
        if not self.is_correcting:
            cells["学历"] = ""
        return ledgers.person(**cells)

    def station_ledger(self) -> ImportBatch:
        """A county's stations again: new ones, others with another state or day."""
        header = "站点名称 站点类型 县（市、区） 乡镇（街道） 建成时间 运行状态 批复文号".split()
        county = self.county()
        townships = Region.objects.valid_on(today()).filter(parent=county).order_by("pk")
        rows = []
        for number in range(3):
            township = self.dice.choice(list(townships[:4]))
            rows.append([
                f"{township.name}社会工作和志愿服务站", "乡镇（街道）社工站", county.pk,
                township.pk, self.day(900).isoformat() if self.is_correcting else "",
                self.dice.choice(("正常运行", "已建成", "筹建")),
                self.dice.choice(("", f"民发{number}号")) if self.is_correcting else "民发1号",
            ])  # fmt: skip
        return ledgers.take(self.clerk(county.pk), "stations", ledgers.workbook([header, *rows]))
