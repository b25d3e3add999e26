"""Demo organisations, months, quarters and targets show what there is, and keep to the rules."""

from __future__ import annotations

import datetime
import random

import pytest

from demo.places import build_places
from stations.codes import System
from stations.models import Organization, StationMonthly, StationTarget
from stations.months.rules import check_monthly, check_said, check_spans, said
from stations.targets.progress import done_of

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 23)


def test_demo_data_shows_all_of_it_and_keeps_to_the_rules() -> None:
    build_places(random.Random(7), DAY)
    agencies = Organization.objects.filter(kind="4")
    for column in ("party_branch", "rating", "tax_exempt", "deductible"):
        # Each answer, and some that nobody gave.
        answers = set(agencies.values_list(column, flat=True))
        assert answers == {"", *dict(Organization._meta.get_field(column).choices)}, column  # type: ignore[union-attr]
    assert agencies.filter(rated_until__lt=DAY).exists()
    assert agencies.filter(rated_until__gt=DAY).exists()
    systems = set(Organization.objects.exclude(system="").values_list("system", flat=True))
    assert len(systems) > 9
    assert systems <= set(System.values)

    reports: dict[object, list[StationMonthly]] = {}
    for report in StationMonthly.objects.iterator():
        check_said(said(report))
        check_monthly(said(report))
        reports.setdefault(report.station_id, []).append(report)
    for own in reports.values():
        for one in own:
            check_spans(one.month, one.span, [(o.month, o.span) for o in own if o is not one])
    for span in "MQ":
        found = StationMonthly.objects.filter(span=span)
        assert found.filter(consultations=None).exists()
        assert found.filter(consultations__gt=0, resources__gt=0).exists()

    targets = StationTarget.objects.all()
    assert set(targets.values_list("year", flat=True)) == {DAY.year - 1, DAY.year}
    done = done_of(targets.values_list("pk", flat=True))
    assert sum(value is not None for value in done.values()) > 1000
