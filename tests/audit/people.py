"""What offices do with people: they come, serve, move, hold things, leave and come back."""

from __future__ import annotations

import datetime
from typing import Any

from core.audit.history import acting
from core.dates import today
from core.entities import former
from core.entities.deactivation import deactivate
from core.models import Region
from stations.models import Station
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
from tests.audit.desk import REASON, Desk
from tests.rows import id_number

MAJORS = ("社会工作", "应用心理学", "会计", "社会工作专业", "")
AROUND = tuple(datetime.date(*d) for d in ((2019, 9, 1), (2020, 12, 31), (2021, 1, 1)))


class PeopleDesk(Desk):
    def enter(self) -> None:
        place = self.place()
        someone = Person(
            name=f"王{self.dice.choice('甲乙丙丁戊己庚辛壬癸')}", id_number=id_number(),
            residence_id=place, sex="1", birth_date=datetime.date(1990, 3, 7),
            native_place=self.dice.choice(("520102", "522301", "520102", "")),
            category=self.dice.choice(("1", "2", "3")),
        )  # fmt: skip
        post = self._post(someone, place) if self.dice.random() < 0.5 else None
        actions.create_person(person=someone, by=self.clerk(place), post=post)

    def _post(self, someone: Person, place: str, *, is_primary: bool = True) -> Post:
        near = Station.objects.open().filter(region__code__startswith=place[:6])
        station = self.one(near) if near.exists() and self.dice.random() < 0.7 else None
        return Post(
            person=someone,
            station=station,
            organization=None if station else self.employer(place),
            employment=self.dice.choice("111234578"),
            is_primary=is_primary,
            started_on=self.day(),
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
        post = self.one(Post.objects.unended())
        actions.end_post(
            post=post, by=self.clerk(post.region_id), ended_on=self.day(60), reason=REASON
        )

    def redate_post(self) -> None:
        post = self.one(Post.objects.unended())
        post.started_on -= datetime.timedelta(days=self.dice.randint(1, 200))
        post.employment = self.dice.choice("1278")
        actions.update_post(post=post, by=self.clerks["52"])

    def part_time(self) -> None:
        post = self.one(Post.objects.in_conflict())
        actions.make_part_time(post=post, by=self.reviewer(post.region_id), reason=REASON)

    def move(self) -> None:
        someone = self.person()
        actions.move_residence(
            person=someone, by=self.clerks["52"], residence=Region.objects.get(pk=self.place()),
            moved_on=self.day(60), reason=REASON,
        )  # fmt: skip

    # --- Transfers ------------------------------------------------------------------------
    def transfer_in(self) -> None:
        someone, to = self.person(), self.county()
        station = Station.objects.open().filter(region__code__startswith=to.pk).first()
        actions.request_transfer_in(
            id_number=str(someone.id_number), to_region=to, by=self.clerk(to.pk), reason=REASON,
            post={"station": str(station.pk)} if station and self.dice.random() < 0.7 else None,
        )  # fmt: skip

    def transfer_out(self) -> None:
        someone, to = self.person(), self.county()
        clerk = self.clerk(someone.region_id)
        actions.request_transfer_out(person=someone, to_region=to, by=clerk, reason=REASON)

    def answer(self) -> None:
        request = self.one(TransferRequest.objects.pending())
        asked_in = request.direction == "in"
        by = self.reviewer(request.from_region_id if asked_in else request.to_region_id)
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
        actions.deactivate_person(person=someone, by=by, reason=REASON, since=self.since())

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
        row = self.one(Certificate.objects.filter(ended_on=None, verification__gte="2"))
        actions.verify_certificate(
            certificate=row, by=self.reviewers["52"], verification=self.dice.choice("345"),
            means="官网", verified_on=self.day(300),
        )  # fmt: skip

    def renumber(self) -> None:
        """Another number on a certificate: it is to be verified anew."""
        row = self.one(Certificate.objects.filter(ended_on=None))
        row.number = f"2023{self.dice.randrange(10**13):014d}"
        actions.update_certificate(certificate=row, by=self.clerks["52"])

    def check_person(self) -> None:
        """The county looks into a record, or finds that nobody has."""
        someone = self.person()
        was, someone.verification = someone.verification, self.dice.choice("1234")
        someone.save()
        if was != someone.verification:
            former.hold(Person, "verification", [(someone.pk, was, today())])

    def recategorise(self) -> None:
        someone = self.person()
        someone.category = self.dice.choice(("1", "2", "3"))
        actions.update_person(person=someone, by=self.clerks["52"])

    def register(self) -> None:
        someone = self.person()
        starts = self.day(400)
        period = RegistrationPeriod(
            person=someone, starts_on=starts, ends_on=starts + datetime.timedelta(days=1094)
        )
        period.validate_constraints()
        actions.add_registration(period=period, by=self.clerk(someone.region_id))

    def cancel(self) -> None:
        period = self.one(RegistrationPeriod.objects.filter(ended_on=None))
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
        row = self.one(KeyTalentClaim.objects.filter(state="1"))
        by = self.reviewers["52"]
        approves = self.is_correcting and self.dice.random() < 0.8
        actions.decide_claim(claim_=row, by=by, approves=approves, reason=REASON)

    def wrong_row(self) -> None:
        """A certificate, a study or a claim was entered by mistake, or was taken away."""
        model = self.dice.choice((Certificate, Education, KeyTalentClaim, Title))
        row = self.one(model.objects.filter(ended_on=None))
        with acting(self.clerks["52"], reason=REASON):
            deactivate(record=row, by=self.reviewers["52"], reason=REASON, since=self.since())
