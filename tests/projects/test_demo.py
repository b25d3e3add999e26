"""Demo projects and targets follow the rules of real ones."""

import datetime
import random

import pytest
from django.db.models import Exists, F, OuterRef, Sum

from demo.places import build_places
from demo.programmes import build_projects
from demo.targets import build_targets
from projects.models import Milestone, Payment, Project
from reports.models import Target
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 23)


def test_demo_targets_add_up_at_either_level(cast: Cast) -> None:
    build_targets(cast.province)
    for code, whole in (("T1", 100_000), ("T2", 5_000), ("T3", 400)):
        for length, regions in ((4, 9), (6, 88)):
            parts = Target.objects.filter(indicator=code, region__code__regex=f"^.{{{length}}}$")
            assert parts.count() == regions
            assert parts.aggregate(sum=Sum("value"))["sum"] == whole


def test_demo_projects_keep_to_the_rules() -> None:
    rng = random.Random(7)
    build_projects(rng, build_places(rng, DAY), DAY)
    payments = Payment.objects.all()
    assert payments.count() > 200
    assert not payments.filter(paid_on__gt=DAY).exists()
    assert not Milestone.objects.filter(reached_on__gt=DAY).exists()
    reached = Milestone.objects.filter(
        project=OuterRef("project"), stage=OuterRef("stage"), reached_on__lte=OuterRef("paid_on")
    )
    assert not payments.exclude(Exists(reached)).exists()
    paid = Project.objects.annotate(paid=Sum("payments__amount"))
    assert not paid.filter(paid__gt=F("contract_amount")).exists()
    running = Project.objects.filter(started_on__year=2026)
    assert running.filter(milestones__reached_on=None, milestones__planned_on__gt=DAY).exists()
