"""Demo projects and graduates, and the requests that wait for somebody."""

import datetime
import random
from decimal import Decimal

from django.conf import settings

from core.models import User
from demo.places import Places, new_id
from projects.models import Payment, Project
from stations.codes import StationKind
from talent.codes import ServiceField
from talent.models import ChangeRequest, GraduateStat, Person, TransferRequest


def build_projects(rng: random.Random, places: Places) -> None:
    """Three to five projects a county, each with what was paid on it."""
    projects: list[Project] = []
    payments: list[Payment] = []
    fields = [f for f in ServiceField if f.value < "19"]
    for county, agencies in places.agencies.items():
        for year in rng.sample(range(2021, 2027), k=rng.randint(3, 5)):
            service_field = rng.choice(fields)
            budget = Decimal(rng.randrange(8, 60) * 10_000)
            contract = budget * rng.choice([95, 97, 98]) / 100
            start = datetime.date(year, rng.choice([3, 4, 5]), 1)
            ends = start.replace(year=year + 1) - datetime.timedelta(days=1)
            stage = "80" if year < 2025 else rng.choice(["50", "60", "70"])
            project = Project(
                id=new_id(rng),
                number=f"{county}-{year}-{rng.randrange(100):02d}",
                name=f"{places.names[county]}{year}年{service_field.label}社会工作服务项目",
                purchaser=places.bureaus[county],
                contractor=rng.choice(agencies),
                service_field=service_field,
                region_id=county,
                fund=rng.choice("124566"),
                budget=budget,
                contract_amount=contract,
                procurement=rng.choice("1447"),
                started_on=start,
                ends_on=ends,
                stage=stage,
            )
            projects.append(project)
            for node, share in (("40", 40), ("60", 30), ("80", 30)):
                if node <= stage:
                    payments.append(
                        Payment(
                            id=new_id(rng),
                            project=project,
                            stage=node,
                            amount=(contract * share / 100).quantize(Decimal("0.01")),
                            paid_on=start + datetime.timedelta(days=30 * int(node) // 8),
                        )
                    )
    Project.objects.bulk_create(projects, batch_size=2000)
    Payment.objects.bulk_create(payments, batch_size=2000)


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
    GraduateStat.objects.bulk_create(rows)


def build_requests(rng: random.Random, users: dict[str, User], today: datetime.date) -> None:
    """A transfer and a few corrections, and the person behind the account `shegong`."""
    nanming, huaxi = users["nanming"].region_id, users["huaxi"].region_id
    here = list(
        Person.objects.in_region(nanming).filter(
            status="10", posts__station__kind=StationKind.TOWNSHIP
        )[:8]
    )
    there = list(Person.objects.in_region(huaxi).filter(status="10")[:4])
    if here:
        worker = here[0]
        worker.user = users["shegong"]
        worker.name = users["shegong"].display_name
        worker.clean()
        worker.save()
        ChangeRequest.objects.create(
            person=here[0],
            changes={"former_name": {"old": here[0].former_name, "new": "罗敏"}},
            reason="补充曾用名",
            requested_by=users["shegong"],
        )
    due = today + datetime.timedelta(days=15)
    for person in there[:2]:
        TransferRequest.objects.create(
            person=person, from_region_id=person.region_id, to_region_id=nanming, direction="in",
            reason="已到我区社工站工作", requested_by=users["nanming"], due_on=due,
        )  # fmt: skip
    for person in here[2:4]:
        TransferRequest.objects.create(
            person=person, from_region_id=person.region_id, to_region_id=huaxi, direction="in",
            reason="已到我区任职", requested_by=users["huaxi"], due_on=due,
        )  # fmt: skip
