"""Demo people with everything around them, in sets."""

import calendar
import datetime
import random
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from core.models import User
from core.pinyin import name_pinyin
from core.secrecy.identity import check_id_number
from demo.entering import enter
from demo.names import person_name, phone, resident_id
from demo.places import Places, new_id
from stations.codes import StationStatus
from talent.codes import (
    CertificateLevel,
    ClaimClass,
    ClaimState,
    Degree,
    EducationLevel,
    Origin,
    PersonStatus,
    RegistrationState,
    TalentCategory,
    TitleLevel,
    Verification,
)
from talent.models import (
    Certificate,
    Education,
    KeyTalentClaim,
    Person,
    PersonState,
    Post,
    RegistrationPeriod,
    Title,
)

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASELINE = datetime.date(2020, 12, 31)
_EXAM_DAYS = {y: datetime.date(y, 9 if y in (2020, 2022) else 6, 12) for y in range(2010, 2027)}
_MAJORS = ("社会工作", "社会学", "法学", "行政管理", "心理学", "会计", "学前教育", "社区管理与服务")
_STATUS = (
    [PersonStatus.SERVING] * 90
    + [PersonStatus.IDLE] * 4
    + [PersonStatus.LEFT_NATIVE, PersonStatus.LEFT, PersonStatus.RETIRED, PersonStatus.RETIRED]
    + [PersonStatus.UNVERIFIED, PersonStatus.DEACTIVATED]
)


def _at_ten(day: datetime.date) -> datetime.datetime:
    """A moment of office hours."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(10)))


@dataclass
class Rows:
    """Unsaved rows of each model, in the order in which they are written."""

    rows: dict[type, list[Any]] = field(
        default_factory=lambda: {
            model: []
            for model in (
                Person, PersonState, Education, Title, Certificate,
                RegistrationPeriod, Post, KeyTalentClaim,
            )
        }
    )  # fmt: skip

    def add(self, row: Any) -> Any:
        self.rows[type(row)].append(row)
        return row

    def write(self) -> None:
        for rows in self.rows.values():
            enter(rows)
            rows.clear()


@dataclass
class Builder:
    """Draws one person after the other, with everything that belongs to each."""

    rng: random.Random
    places: Places
    today: datetime.date
    by: User
    rows: Rows = field(default_factory=Rows)
    seen: set[str] = field(default_factory=set)

    def person(self, township: str) -> None:
        sex = self.rng.choice("12")
        birth = datetime.date(
            self.rng.randint(1966, 2003), self.rng.randint(1, 12), self.rng.randint(1, 28)
        )
        number = resident_id(self.rng, birth, sex)
        while number in self.seen:
            number = resident_id(self.rng, birth, sex)
        self.seen.add(number)
        identity = check_id_number(number)
        started = self._started(birth)
        status = self.rng.choice(_STATUS)
        gone = status not in (PersonStatus.SERVING, PersonStatus.IDLE, PersonStatus.UNVERIFIED)
        left_on = (
            self._between(started, self.today) if gone or status == PersonStatus.IDLE else None
        )
        name = person_name(self.rng)
        pinyin, initials = name_pinyin(name)
        research, management = self.rng.random() < 0.02, self.rng.random() < 0.08
        category = (
            TalentCategory.RESEARCH
            if research
            else TalentCategory.MANAGEMENT
            if management
            else self.rng.choice(["11", "12", "12", "13", "13", "13", "14", "15", "16"])
        )
        person = self.rows.add(
            Person(
                id=new_id(self.rng),
                number="".join(self.rng.choices(_ALPHABET, k=12)),
                name=name,
                pinyin=pinyin,
                initials=initials,
                id_number=number,
                phone=phone(self.rng) if self.rng.random() < 0.97 else "",
                sex=identity.sex,
                birth_date=identity.birth_date,
                ethnicity=self.rng.choice(["01", "01", "01", "06", "09", "12", "15", "07", "37"]),
                political_status=self.rng.choice(["01", "02", "03", "13", "13"]),
                native_place=identity.region_prefix if self.rng.random() < 0.7 else "",
                household_place=identity.region_prefix if self.rng.random() < 0.4 else "",
                residence_id=township,
                region_id=township,
                category=category,
                sources=self.rng.sample(
                    ["01", "02", "03", "05", "06", "09", "12", "13"], k=self.rng.randint(0, 2)
                ),
                service_fields=sorted(
                    self.rng.sample([f"{n:02d}" for n in range(1, 19)], k=self.rng.randint(0, 3))
                ),
                status=status,
                verification=self.rng.choices("2345", [60, 25, 12, 3])[0],
                confirmed_on=self._between(self.today - datetime.timedelta(days=700), self.today),
                data_source="演示数据",
            )
        )
        self._states(person, township, started, left_on, status)
        self._credentials(person, birth, research=research)
        self._post(person, township, category, started, left_on)

    def _between(self, first: datetime.date, last: datetime.date) -> datetime.date:
        return first + datetime.timedelta(days=self.rng.randint(0, max(0, (last - first).days)))

    def _started(self, birth: datetime.date) -> datetime.date:
        """First day served: the profession grows from year to year."""
        years = range(2014, self.today.year + 1)
        growth = [2 + (y - 2014) * (1 if y < 2023 else 0.7) for y in years]
        year = self.rng.choices(years, growth)[0]
        day = datetime.date(max(year, birth.year + 20), self.rng.randint(1, 12), 1)
        return min(day, self.today - datetime.timedelta(days=30))

    def _states(
        self,
        person: Person,
        township: str,
        started: datetime.date,
        left_on: datetime.date | None,
        status: str,
    ) -> None:
        serving_to = left_on if status != PersonStatus.SERVING else None
        first = PersonStatus.SERVING if serving_to else status
        self.rows.add(
            PersonState(
                id=new_id(self.rng),
                person=person,
                status=first,
                residence_id=township,
                valid_from=started,
                valid_to=serving_to,
            )
        )
        if serving_to:
            self.rows.add(
                PersonState(
                    id=new_id(self.rng),
                    person=person,
                    status=status,
                    residence_id=township,
                    valid_from=serving_to,
                    reason="演示数据",
                )
            )

    def _credentials(self, person: Person, birth: datetime.date, *, research: bool) -> None:
        level = (
            EducationLevel.DOCTOR
            if research and self.rng.random() < 0.4
            else self.rng.choices(["14", "21", "31", "61", "41"], [6, 40, 34, 12, 8])[0]
        )
        major = self.rng.choice(_MAJORS) if level < "60" else ""
        is_doctor = level == EducationLevel.DOCTOR
        graduated = datetime.date(min(birth.year + (30 if is_doctor else 23), 2024), 7, 1)
        self.rows.add(
            Education(
                id=new_id(self.rng),
                person=person,
                level=level,
                degree=Degree.DOCTOR if is_doctor else "",
                major=major,
                graduated_on=graduated,
            )
        )
        if is_doctor and major in ("社会工作", "社会学"):
            self._claim(person, ClaimClass.DOCTOR, graduated, f"{major}博士学位证书")
        if research:
            title = self.rows.add(
                Title(
                    id=new_id(self.rng),
                    person=person,
                    series="高等学校教师",
                    level=self.rng.choice("1223"),
                    obtained_on=datetime.date(self.rng.randint(2012, 2024), 12, 1),
                )
            )
            if title.level < TitleLevel.INTERMEDIATE and self.rng.random() < 0.6:
                self._claim(person, ClaimClass.TEACHER, title.obtained_on, "授课证明、职称证书")
        if self.rng.random() < (0.3 if major == "社会工作" else 0.07):
            self._certificate(person, birth)

    def _certificate(self, person: Person, birth: datetime.date) -> None:
        years = [y for y, day in _EXAM_DAYS.items() if y >= birth.year + 22 and day < self.today]
        if not years:
            return
        approved = _EXAM_DAYS[self.rng.choice(years)]
        level = self.rng.choices(["1", "2", "3", "9"], [66, 28, 2, 4])[0]
        verification = self.rng.choices("1234", [4, 50, 16, 30])[0]
        self.rows.add(
            Certificate(
                id=new_id(self.rng),
                person=person,
                level=level,
                number=f"{approved.year}{self.rng.randrange(10**14):014d}",
                approved_on=approved,
                issuer="人力资源社会保障部、民政部",
                exam_province="贵州" if self.rng.random() < 0.92 else "四川",
                verification=verification,
                verified_on=self.today if verification >= Verification.COUNTY else None,
            )
        )
        if level in "123" and self.rng.random() < 0.8:
            self._registrations(person, approved)
        if level in "23":
            evidence = f"{CertificateLevel(level).label}证书"
            self._claim(person, ClaimClass.CERTIFIED, approved, evidence)

    def _claim(self, person: Person, kind: str, qualified: datetime.date, evidence: str) -> None:
        """A native's claim; of those qualified before the baseline some came back since."""
        is_new = qualified > _BASELINE
        if person.native_place[:2] != "52" or not (is_new or self.rng.random() < 0.05):
            return
        is_approved = self.rng.random() < 0.75
        self.rows.add(
            KeyTalentClaim(
                id=new_id(self.rng),
                person=person,
                claim_class=kind,
                qualified_on=qualified,
                native_basis="1",
                evidence=evidence,
                origin=Origin.NEW if is_new else Origin.INTRODUCED,
                state=ClaimState.APPROVED if is_approved else ClaimState.PENDING,
                requested_by=self.by,
                decided_by=self.by if is_approved else None,
                decided_at=_at_ten(self._between(qualified, self.today)) if is_approved else None,
            )
        )

    def _registrations(self, person: Person, approved: datetime.date) -> None:
        """Periods of three years, end to end; some people let the last one lapse."""
        start = self._between(approved, approved + datetime.timedelta(days=300))
        kind = RegistrationPeriod.Kind.FIRST
        while start < self.today:
            day = min(start.day, calendar.monthrange(start.year + 3, start.month)[1])
            end = start.replace(year=start.year + 3, day=day) - datetime.timedelta(days=1)
            lapsed = end < self.today and self.rng.random() < 0.3
            self.rows.add(
                RegistrationPeriod(
                    id=new_id(self.rng),
                    person=person,
                    kind=kind,
                    starts_on=start,
                    ends_on=end,
                    state=RegistrationState.LAPSED if lapsed else RegistrationState.ISSUED,
                    authority="贵州省民政厅",
                )
            )
            if lapsed:
                break
            start, kind = end + datetime.timedelta(days=1), RegistrationPeriod.Kind.RENEWAL

    def _post(
        self,
        person: Person,
        township: str,
        category: str,
        started: datetime.date,
        left_on: datetime.date | None,
    ) -> None:
        if person.status == PersonStatus.UNVERIFIED and self.rng.random() < 0.7:
            return
        station = organization = None
        county = township[:6]
        if category == TalentCategory.RESEARCH:
            organization = self.rng.choice(self.places.schools)
        elif category == TalentCategory.MANAGEMENT:
            organization = self.places.bureaus[county]
        elif category == "11":
            organization = self.rng.choice(self.places.agencies[county])
        elif category == "12":
            open_stations = [
                s
                for s in self.places.stations.get(township, [])
                if s.status != StationStatus.PREPARING
            ]
            station = open_stations[0] if open_stations else None
        if station is None and organization is None:
            organization = self.places.committees[township]
        employer = station or organization
        if station is not None:
            started = max(started, self.places.built[station.id])
            if left_on is not None and left_on < started:
                left_on = started
        employment = (
            "3" if category == TalentCategory.MANAGEMENT else "2" if category in ("2", "14") else
            self.rng.choices(["1", "4", "5", "6", "8", "7"], [40, 16, 30, 8, 4, 2])[0]
        )  # fmt: skip
        self.rows.add(
            Post(
                id=new_id(self.rng),
                person=person,
                station=station,
                organization=organization,
                region_id=employer.region_id,
                kind={"2": "7", "3": "6"}.get(category)
                or self.rng.choice(["1", "2", "3", "3", "3", "5"]),
                employment=employment,
                started_on=started,
                ended_on=left_on,
                end_reason="演示数据" if left_on else "",
            )
        )
        if left_on is None:
            person.region_id = employer.region_id


def build_people(
    rng: random.Random, count: int, places: Places, *, today: datetime.date, by: User
) -> None:
    """Write `count` people and what belongs to them, posted over the townships."""
    builder = Builder(rng, places, today, by)
    # Big counties have more: weight the townships by a draw of their county.
    weights: dict[str, float] = {}
    for township in places.townships:
        weights.setdefault(township.code[:6], rng.uniform(0.5, 2.5))
    codes = [t.code for t in places.townships]
    drawn = rng.choices(codes, [weights[c[:6]] for c in codes], k=count)
    for index, code in enumerate(drawn, start=1):
        builder.person(code)
        if index % 5000 == 0:
            builder.rows.write()
    builder.rows.write()
