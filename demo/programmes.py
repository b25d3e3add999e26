"""Demo projects and graduates, and the requests that wait for somebody."""

import datetime
import random
from decimal import Decimal

from django.conf import settings

from core.decisions.actions import ask
from core.models import User
from demo.entering import enter
from demo.places import Places, new_id
from projects.models import Milestone, Payment, Project
from stations.codes import StationKind
from talent.codes import Employment, ServiceField, Verification
from talent.corrections.actions import CORRECTION
from talent.credentials.rules import NATIONAL_LEVELS
from talent.graduates.models import SchoolPlace
from talent.models import (
    Certificate,
    ChangeRequest,
    GraduateStat,
    NameList,
    Person,
    Post,
    RegistrationPeriod,
    TransferRequest,
)
from talent.moves.actions import TRANSFER
from talent.name_lists.actions import NAME_LIST, as_said

# Node of the contract -> days after the start on which it is planned, share of the money.
_NODES = {"40": (30, 40), "60": (180, 30), "80": (350, 30)}
_PAID_AFTER = datetime.timedelta(days=14)


def build_projects(rng: random.Random, places: Places, today: datetime.date) -> None:
    """Three to five projects a county: what was planned, reached and paid until today."""
    projects: list[Project] = []
    milestones: list[Milestone] = []
    payments: list[Payment] = []
    for county in places.agencies:
        for year in rng.sample(range(2021, 2027), k=rng.randint(3, 5)):
            project = _project(rng, places, county, year)
            if project.started_on > today:
                continue
            nodes = _milestones(rng, project, today)
            reached = [node.stage for node in nodes if node.reached_on]
            project.stage = {"40": "50"}.get(reached[-1], reached[-1]) if reached else "30"
            projects.append(project)
            milestones += nodes
            payments += _payments(rng, project, nodes, today)
    enter(projects)
    enter(milestones)
    enter(payments)


def _project(rng: random.Random, places: Places, county: str, year: int) -> Project:
    service_field = rng.choice([f for f in ServiceField if f.value < "19"])
    budget = Decimal(rng.randrange(8, 60) * 10_000)
    start = datetime.date(year, rng.choice([3, 4, 5]), 1)
    return Project(
        id=new_id(rng),
        number=f"{county}-{year}-{rng.randrange(100):02d}",
        name=f"{places.names[county]}{year}年{service_field.label}社会工作服务项目",
        purchaser=places.bureaus[county],
        contractor=rng.choice(places.agencies[county]),
        service_field=service_field,
        region_id=county,
        fund=rng.choice("124566"),
        budget=budget,
        contract_amount=budget * rng.choice([95, 97, 98]) / 100,
        procurement=rng.choice("1447"),
        started_on=start,
        ends_on=start.replace(year=year + 1) - datetime.timedelta(days=1),
    )


def _milestones(rng: random.Random, project: Project, today: datetime.date) -> list[Milestone]:
    """The nodes in their order; one is reached a little before or after its planned day."""
    nodes: list[Milestone] = []
    for stage, (days, _) in _NODES.items():
        planned = project.started_on + datetime.timedelta(days=days)
        reached = planned + datetime.timedelta(days=rng.randint(-10, 15))
        is_assessed = stage == "60" and reached <= today
        node = Milestone(
            id=new_id(rng),
            project=project,
            stage=stage,
            planned_on=planned,
            reached_on=reached if reached <= today else None,
            score=rng.randint(72, 96) if is_assessed else None,
        )
        nodes.append(node)
    return nodes


def _payments(
    rng: random.Random, project: Project, nodes: list[Milestone], today: datetime.date
) -> list[Payment]:
    """What the nodes reached so far have released (R18), none of it in the future."""
    contract = project.contract_amount or Decimal(0)
    paid = {n.stage: n.reached_on + _PAID_AFTER for n in nodes if n.reached_on}
    return [
        Payment(
            id=new_id(rng),
            project=project,
            stage=stage,
            amount=(contract * _NODES[stage][1] / 100).quantize(Decimal("0.01")),
            paid_on=day,
        )
        for stage, day in paid.items()
        if day <= today
    ]


def build_graduates(rng: random.Random, places: Places, today: datetime.date) -> None:
    rows = []
    for school in places.schools:
        for level, size in (("21", 90), ("14", 45), ("31", 60)):
            for year in range(2016, today.year + 1):
                graduates = rng.randint(size // 2, size + size // 2)
                rows.append(
                    GraduateStat(
                        id=new_id(rng),
                        school=school.name,
                        region_id=settings.PROVINCE_CODE,
                        major="社会工作",
                        level=level,
                        year=year,
                        graduates=graduates,
                        stayed=rng.randint(graduates // 3, graduates),
                        document="演示数据",
                    )
                )
    rows += [
        GraduateStat(
            id=new_id(rng),
            school="外省高校(黔籍毕业生汇总)",
            school_place=SchoolPlace.OUTSIDE,
            region_id=settings.PROVINCE_CODE,
            major="社会工作",
            level="21",
            year=year,
            graduates=rng.randint(60, 120),
            document="演示数据",
        )
        for year in range(2021, today.year + 1)
    ]
    enter(rows)


def build_requests(rng: random.Random, users: dict[str, User], today: datetime.date) -> None:
    """A transfer and a few corrections, and the person behind the account `shegong`."""
    nanming, huaxi = (str(users[name].region_id) for name in ("nanming", "huaxi"))
    posts = Post.objects.filter(is_primary=True, ended_on=None, station__kind=StationKind.TOWNSHIP)
    serving = Person.objects.in_region(nanming).filter(status="10")
    at_work = serving.filter(pk__in=posts.values("person"))
    # Somebody whom the targets count, so that each of her pages shows something. Few people
    # leave some counties empty; the account has a record all the same.
    certified = Certificate.objects.filter(level__in=NATIONAL_LEVELS).values("person")
    employed = posts.filter(employment=Employment.AGENCY).values("person")
    counted = serving.filter(pk__in=employed).filter(pk__in=certified)
    near = (Person.objects.in_region(nanming[:n]).filter(status="10") for n in (6, 4, 2))
    worker = next((p for rows in (counted, *near) if (p := rows.first())), None)
    here = list(at_work.exclude(pk=getattr(worker, "pk", None))[:2])
    there = list(Person.objects.in_region(huaxi).filter(status="10")[:2])
    if worker:
        worker.user = users["shegong"]
        worker.name = users["shegong"].display_name
        worker.clean()
        worker.save()
        asked = ChangeRequest(
            person=worker,
            changes={"former_name": {"old": worker.former_name, "new": "罗敏"}},
            other="漏登的学历：2018 年毕业于贵州大学，本科，社会工作专业",
            reason="补充曾用名和学历",
        )
        _about_to_end(worker, today + datetime.timedelta(days=25))
        ask(CORRECTION, asked, by=users["shegong"], on=today)
    for people, county, by, reason in (
        (there, nanming, "nanming", "已到我区社工站工作"),
        (here, huaxi, "huaxi", "已到我区任职"),
    ):
        for person in people:
            transfer = TransferRequest(
                person=person, from_region_id=person.region_id, to_region_id=county,
                direction="in", reason=reason,
            )  # fmt: skip
            ask(TRANSFER, transfer, by=users[by], on=today)


def build_name_list(users: dict[str, User], today: datetime.date) -> None:
    """A pass list that waits for its verification by a second person."""
    clerk = users["nanming"]
    found = Certificate.objects.in_region(str(clerk.region_id)).filter(
        ended_on=None, verification__lt=Verification.DOCUMENT
    )
    said = [as_said(one) for one in found.order_by("pk")[:6]]
    if said:
        name = f"{today.year}年度社会工作者职业水平考试合格人员名单"
        request = NameList(region=clerk.region, name=name, said=said, count=len(said))
        ask(NAME_LIST, request, by=clerk, on=today)


def _about_to_end(worker: Person, last_day: datetime.date) -> None:
    """One registration that ends in some weeks, so that she and her county are reminded."""
    worker.registrationperiods.all().delete()
    begun = last_day.replace(year=last_day.year - 3, day=min(last_day.day, 28))
    RegistrationPeriod.objects.create(
        person=worker,
        starts_on=begun,
        ends_on=begun.replace(year=last_day.year) - datetime.timedelta(days=1),
        authority="贵州省民政厅",
    )
