"""A year after year of what offices do, by chance but always the same for a seed.

Every step is a real action or import by somebody who may do it, on the day that the clock
shows. What the rules refuse is refused as in the product and counted; anything else that is
raised is a fault. `is_correcting=False` leaves out whatever says that the past was otherwise
(earlier dates, merges, certificates found later), so that no past figure may change.
"""

from __future__ import annotations

import datetime
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from core.dates import today
from core.divisions import forget_divisions
from core.history import acting
from core.models import Region, User
from core.rules import RuleError
from core.scoping import OutOfScope
from core.successions import apply_successions
from stations import actions as station_actions
from stations.models import Organization, Station, StationMonthly
from talent import actions
from talent.models import (
    Certificate,
    Education,
    KeyTalentClaim,
    Person,
    Post,
    RegistrationPeriod,
    Title,
    TransferRequest,
)
from tests.imports import ledgers
from tests.rows import id_number

# 水城县 and its townships are abolished in 2021-10 with successors, 羊艾农场 in 2022-10 without.
COUNTIES = ("520102", "520111", "522301", "520221", "520204")
PLACES = (
    "520102016", "520102017", "520102034", "520111004", "520111103", "520111400", "522301001",
    "520221001", "520221002", "520204002", "520102", "520111", "522301", "5201",
)  # fmt: skip
MAJORS = ("社会工作", "应用心理学", "会计", "社会工作专业", "")
AROUND = tuple(datetime.date(*d) for d in ((2019, 9, 1), (2020, 12, 31), (2021, 1, 1)))
REASON = "按文件办理"
REFUSED = (RuleError, OutOfScope, PermissionDenied, ValidationError)


class Office:
    """The clerks and reviewers of the counties, the records they have made, and the dice."""

    def __init__(self, seed: int, *, is_correcting: bool = True) -> None:
        self.dice = random.Random(seed)
        self.is_correcting = is_correcting
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.clerks = {c: self._user("clerk", c) for c in (*COUNTIES, "5201", "52")}
        self.reviewers = {c: self._user("reviewer", c) for c in (*COUNTIES, "5201", "52")}
        self.actions: list[Callable[[], Any]] = self._all()

    @staticmethod
    def _user(role: str, region: str) -> User:
        return User.objects.create_user(
            f"{role}{region}", "Cast-2026-pass", role=role, region_id=region, display_name=role
        )

    def _all(self) -> list[Callable[[], Any]]:
        common = [self.enter] * 20 + [self.start] * 12 + [self.monthly] * 12
        common += [self.open_station] * 9 + [self.certify] * 6 + [self.study] * 6
        common += [self.claim] * 4 + [self.decide] * 4 + [self.people_ledger] * 2
        rare = [
            self.second_post, self.end_post, self.transfer_in, self.transfer_out, self.answer,
            self.leave, self.die, self.retire, self.come_back, self.deactivate, self.reactivate,
            self.verify, self.register, self.cancel, self.title, self.title, self.state,
            self.approve, self.approve, self.cover, self.close, self.graduates,
            self.station_ledger, self.move, self.part_time, self.abolish, self.abolish,
            self.end_organization,
        ]  # fmt: skip
        correcting = [self.merge, self.redate_post, self.wrong_row, self.wrong_region]
        return [*common, *rare, *(correcting if self.is_correcting else [])]

    # --- The clock ------------------------------------------------------------------------
    def work(self, steps: int, *, since: datetime.date, until: datetime.date) -> None:
        """Some steps spread evenly over the days."""
        span = (until - since).days
        for step in range(steps):
            day = since + datetime.timedelta(days=span * step // steps)
            with time_machine.travel(datetime.datetime.combine(day, datetime.time(4)), tick=True):
                actions.accept_due_transfers()
                self.step(self.dice.choice(self.actions))

    def step(self, action: Callable[[], Any]) -> None:
        try:
            with transaction.atomic():
                action()
            self.done[action.__name__] += 1
        except REFUSED:
            self.refused[action.__name__] += 1
        except IndexError:
            pass  # Nobody and nothing there yet to do it with.

    def day(self, most: int = 120) -> datetime.date:
        """Today, or when the past may be told otherwise an earlier day."""
        back = self.dice.choice((0, 0, 1, most)) if self.is_correcting else 0
        return today() - datetime.timedelta(days=self.dice.randint(0, back))

    # --- Who and what ---------------------------------------------------------------------
    def _one(self, rows: Any) -> Any:
        return self.dice.choice(list(rows.order_by("pk")))

    def person(self, **filters: Any) -> Person:
        return self._one(Person.objects.filter(region__isnull=False, **filters))

    def station(self, **filters: Any) -> Station:
        return self._one(Station.objects.filter(**filters))

    def of(self, code: str | None, users: dict[str, User]) -> User:
        """The office of a place: its county's, else the one above."""
        code = code or "52"
        return users.get(code[:6]) or users.get(code[:4]) or users["52"]

    def clerk(self, code: str | None) -> User:
        return self.of(code, self.clerks)

    def reviewer(self, code: str | None) -> User:
        return self.of(code, self.reviewers)

    def place(self) -> str:
        """A place in force today."""
        codes = Region.objects.valid_on(today()).filter(pk__in=PLACES).values_list("pk", flat=True)
        return self.dice.choice(sorted(codes))

    # --- People ---------------------------------------------------------------------------
    def enter(self) -> None:
        place = self.place()
        number = self.done["enter"] + self.refused["enter"]
        someone = Person(
            name=f"王{'甲乙丙丁戊己庚辛壬癸'[number % 10]}", id_number=id_number(),
            residence_id=place, sex="1", birth_date=datetime.date(1990, 3, 7),
            native_place=self.dice.choice(("520102", "522301", "520102", "")),
            category=self.dice.choice(("1", "2", "3")),
        )  # fmt: skip
        post = self._post(someone, place) if self.dice.random() < 0.5 else None
        actions.create_person(person=someone, by=self.clerk(place), post=post)

    def _post(self, someone: Person, place: str, *, is_primary: bool = True) -> Post:
        near = Station.objects.open().filter(region__code__startswith=place[:6])
        station = self._one(near) if near.exists() and self.dice.random() < 0.7 else None
        return Post(
            person=someone,
            station=station,
            organization=None if station else self._employer(place),
            employment=self.dice.choice("111234578"),
            is_primary=is_primary,
            started_on=self.day(),
        )

    def _employer(self, place: str) -> Organization:
        found = Organization.objects.filter(region_id=place, ended_on=None).first()
        return found or Organization.objects.create(
            name=f"{place}服务中心{Organization.objects.count()}", kind="4", region_id=place
        )

    def start(self) -> None:
        someone = self.person()
        place = someone.region_id or "52"
        actions.start_post(post=self._post(someone, place), by=self.clerk(place))

    def second_post(self) -> None:
        """In another county, entered by the office above both."""
        someone = self.person(posts__ended_on=None, posts__isnull=False)
        post = self._post(someone, self.place(), is_primary=False)
        actions.start_post(post=post, by=self.clerks["52"])

    def end_post(self) -> None:
        post = self._one(Post.objects.unended())
        actions.end_post(
            post=post, by=self.clerk(post.region_id), ended_on=self.day(60), reason=REASON
        )

    def redate_post(self) -> None:
        post = self._one(Post.objects.unended())
        post.started_on -= datetime.timedelta(days=self.dice.randint(1, 200))
        post.employment = self.dice.choice("1278")
        actions.update_post(post=post, by=self.clerks["52"])

    def part_time(self) -> None:
        post = self._one(Post.objects.in_conflict())
        actions.make_part_time(post=post, by=self.reviewer(post.region_id), reason=REASON)

    def move(self) -> None:
        someone = self.person()
        actions.move_residence(
            person=someone, by=self.clerks["52"], residence=Region.objects.get(pk=self.place()),
            moved_on=self.day(60), reason=REASON,
        )  # fmt: skip

    # --- Transfers ------------------------------------------------------------------------
    def _county(self) -> Region:
        codes = Region.objects.valid_on(today()).filter(pk__in=COUNTIES)
        return self._one(codes)

    def transfer_in(self) -> None:
        someone, to = self.person(), self._county()
        station = Station.objects.open().filter(region__code__startswith=to.pk).first()
        actions.request_transfer_in(
            id_number=str(someone.id_number), to_region=to, by=self.clerk(to.pk), reason=REASON,
            post={"station": str(station.pk)} if station and self.dice.random() < 0.7 else None,
        )  # fmt: skip

    def transfer_out(self) -> None:
        someone, to = self.person(), self._county()
        clerk = self.clerk(someone.region_id)
        actions.request_transfer_out(person=someone, to_region=to, by=clerk, reason=REASON)

    def answer(self) -> None:
        request = self._one(TransferRequest.objects.pending())
        by = self.reviewer(request.deciding_region_id)
        answer = self.dice.choice((actions.accept_transfer, actions.refuse_transfer))
        answer(request=request, by=by, reason=REASON)

    # --- Leaving and coming back ----------------------------------------------------------
    def leave(self) -> None:
        someone = self.person()
        by = self.clerk(someone.region_id)
        actions.leave_province(person=someone, by=by, left_on=self.day(60), reason=REASON)

    def die(self) -> None:
        someone = self.person()
        by = self.clerk(someone.region_id)
        actions.record_death(person=someone, by=by, died_on=self.day(60), proof="死亡证明")

    def retire(self) -> None:
        someone = self.person()
        actions.retire_person(
            person=someone, by=self.clerk(someone.region_id), retired_on=self.day(60),
            reason=REASON, keeps_posts=self.dice.random() < 0.5,
        )  # fmt: skip

    def come_back(self) -> None:
        someone = self.person(status__in=("30", "31", "40"))
        by = self.clerk(someone.region_id)
        actions.return_person(person=someone, by=by, returned_on=self.day(30), reason=REASON)

    def deactivate(self) -> None:
        someone = self.person()
        by = self.clerk(someone.region_id)
        actions.deactivate_person(person=someone, by=by, reason=REASON)

    def reactivate(self) -> None:
        someone = self.person(status="70")
        by = self.clerk(someone.region_id)
        actions.reactivate_person(person=someone, by=by, reason=REASON)

    def merge(self) -> None:
        someone, kept = self.person(), self.person()
        actions.merge_person(person=someone, by=self.reviewers["52"], kept=kept, reason=REASON)

    # --- What people hold -----------------------------------------------------------------
    def certify(self) -> None:
        levels = self.dice.choice("1122389")
        Certificate.objects.create(
            person=self.person(), level=levels, approved_on=self.day(900),
            number=f"2022{self.dice.randrange(10**13):014d}",
            verification=self.dice.choice("12222") if self.is_correcting else "2",
        )  # fmt: skip

    def verify(self) -> None:
        row = self._one(Certificate.objects.filter(ended_on=None, verification__gte="2"))
        level = self.dice.choice("345")
        by = self.reviewers["52"]
        actions.verify_certificate(certificate=row, by=by, verification=level, means="官网")

    def register(self) -> None:
        someone = self.person()
        starts = self.day(400)
        period = RegistrationPeriod(
            person=someone, starts_on=starts, ends_on=starts + datetime.timedelta(days=1094)
        )
        period.validate_constraints()
        actions.add_registration(period=period, by=self.clerk(someone.region_id))

    def cancel(self) -> None:
        period = self._one(RegistrationPeriod.objects.filter(ended_on=None))
        actions.cancel_registration(
            period=period, by=self.reviewers["52"], cancelled_on=today(), reason=REASON
        )

    def study(self) -> None:
        degree = self.dice.choice(("", "", "2"))
        Education.objects.create(
            person=self.person(), level=self.dice.choice(("11", "21", "31", "61")), degree=degree,
            major=self.dice.choice(MAJORS), graduated_on=self.day(900),
        )  # fmt: skip

    def title(self) -> None:
        Title.objects.create(
            person=self.person(), series="教学", level=self.dice.choice("1234"),
            obtained_on=self.day(900),
        )  # fmt: skip

    def claim(self) -> None:
        """With the record that it rests on, mostly; around the baseline of 2020-12-31."""
        someone = self.person()
        day = self.dice.choice((*AROUND, self.day(900))) if self.is_correcting else today()
        kind = self.dice.choice("AABC")
        if self.dice.random() < 0.8:
            held: dict[str, Any] = {
                "A": Certificate(level=self.dice.choice("23"), approved_on=day),
                "B": Title(series="教学", level="2", obtained_on=day),
                "C": Education(level="11", degree="2", major="社会学", graduated_on=day),
            }
            held[kind].person = someone
            held[kind].save(force_insert=True)
        claim = KeyTalentClaim(
            person=someone, claim_class=kind, evidence="证书", native_basis="1", qualified_on=day,
            origin=self.dice.choice("1112"),
        )  # fmt: skip
        claim.validate_constraints()  # as its form does
        actions.submit_claim(claim_=claim, by=self.clerk(someone.region_id))
        if not self.is_correcting:
            actions.decide_claim(claim_=claim, by=self.reviewers["52"], approves=True)

    def decide(self) -> None:
        row = self._one(KeyTalentClaim.objects.filter(state="1"))
        by = self.reviewers["52"]
        approves = self.is_correcting and self.dice.random() < 0.8
        actions.decide_claim(claim_=row, by=by, approves=approves, reason=REASON)

    def wrong_row(self) -> None:
        """A certificate, a study or a claim was entered by mistake."""
        model = self.dice.choice((Certificate, Education, KeyTalentClaim, Title))
        row = self._one(model.objects.filter(ended_on=None))
        with acting(self.clerks["52"]):
            model.objects.filter(pk=row.pk).update(ended_on=today(), end_reason=REASON)

    # --- Stations -------------------------------------------------------------------------
    def open_station(self) -> None:
        place = self.place()
        kinds = {4: "15", 6: "2568", 9: "333344789"}[len(place)]
        kind = self.dice.choice(kinds)
        number = self.done["open_station"]
        station = Station(
            name=f"第{number}站", kind=kind, region_id=place, status=self.dice.choice("12333"),
            built_on=self.dice.choice((self.day(900), None)),
            approval_number=self.dice.choice(("", "民发1号")),
            operator=self._operator(place) if kind in "1256" else None,
            address=self.dice.choice(("", "一号路")),
        )  # fmt: skip
        if not self.is_correcting:
            station.approval_number = "民发1号"
        station_actions.open_station(station=station, by=self.clerk(place))

    def _operator(self, place: str) -> Organization:
        found = self._employer(place)
        if not found.credit_code and self.dice.random() < 0.5:
            found.credit_code = f"5252{self.dice.randrange(10**13):014d}"
            found.save()
        return found

    def state(self) -> None:
        station = self.station()
        station_actions.change_station_state(
            station=station, by=self.clerk(station.region_id), status=self.dice.choice("12334"),
            changed_on=self.day(200), reason=REASON,
        )  # fmt: skip

    def approve(self) -> None:
        station = self.station()
        station_actions.approve_station(
            station=station, by=self.reviewer(station.region_id), reason=REASON
        )

    def cover(self) -> None:
        station = self.station(kind="3")
        near = Region.objects.valid_on(today()).filter(pk__in=PLACES, level=4)
        regions = [r for r in near if r.pk[:6] == station.region_id[:6]]
        station_actions.change_coverage(
            station=station, by=self.clerk(station.region_id), changed_on=self.day(200),
            regions=[r for r in regions if r.pk == station.region_id or self.dice.random() < 0.5],
        )  # fmt: skip

    def close(self) -> None:
        station = self.station()
        others = Station.objects.open().filter(kind=station.kind).exclude(pk=station.pk)
        successor = self._one(others) if others.exists() and self.dice.random() < 0.5 else None
        station_actions.close_station(
            station=station, by=self.clerks["52"], closed_on=self.day(60), reason=REASON,
            successor=successor, is_renamed=successor is not None and self.dice.random() < 0.5,
        )  # fmt: skip

    def end_organization(self) -> None:
        row = self._one(Organization.objects.filter(ended_on=None))
        station_actions.end_organization(
            organization=row, by=self.clerks["52"], ended_on=self.day(30), reason=REASON
        )

    def wrong_region(self) -> None:
        """A station was entered in the wrong place, or with the wrong day of building."""
        station = self.station(kind="3")
        station.region_id = self.place()
        station.built_on = self.day(900)
        station.validate_constraints()
        station_actions.update_station(station=station, by=self.clerks["52"])

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
            self.dice.randint(1, 90), "",
        ]  # fmt: skip
        header = ["院校名称", "专业", "培养层次", "毕业年度", "毕业人数", "其中留黔人数"]
        ledgers.take(self.clerks["52"], "graduates", ledgers.workbook([header, row]))

    def people_ledger(self) -> None:
        """Old and new people of a county, with what a ledger says about them."""
        county = self._county().pk
        rows = [self._row(county) for _ in range(self.dice.randint(2, 6))]
        ledgers.take(self.clerk(county), "people", ledgers.people(*rows))

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

    def station_ledger(self) -> None:
        """A county's stations again: new ones, others with another state or day."""
        header = "站点名称 站点类型 县（市、区） 乡镇（街道） 建成时间 运行状态 批复文号".split()
        county = self._county()
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
        ledgers.take(self.clerk(county.pk), "stations", ledgers.workbook([header, *rows]))
