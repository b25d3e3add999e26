"""The plan's targets broken down to prefectures and counties, by their townships."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate, pairwise

from django.conf import settings

from core.models import Region, User
from reports.models import Plan, Target
from reports.targets.actions import Amount, set_targets

_DOCUMENT = "演示分解方案"
_PEOPLE = ("T1", "T2", "T3")


def build_targets(by: User) -> None:
    """Whole people; the parts add up to the province's target at either level."""
    townships = Region.objects.filter(level=4, valid_to=None).values_list("parent_id", flat=True)
    weights = Counter(townships)
    for plan in Plan.objects.all():
        wholes = Target.objects.filter(
            plan=plan, year=plan.ends_on.year, region=settings.PROVINCE_CODE, indicator__in=_PEOPLE
        )
        targets: dict[tuple[str, str], Amount | None] = {}
        for whole in wholes:
            counties = shares(int(whole.value), weights)
            prefectures: Counter[str] = Counter()
            for county, value in counties.items():
                prefectures[county[:4]] += value
            for region, value in {**prefectures, **counties}.items():
                targets[whole.indicator, region] = Amount(value)
        set_targets(by=by, plan=plan, year=plan.ends_on.year, targets=targets, document=_DOCUMENT)


def shares(whole: int, weights: Counter[str]) -> dict[str, int]:
    """Whole numbers in proportion to the weights that add up to `whole`."""
    ends = [whole * until // sum(weights.values()) for until in accumulate(weights.values())]
    return {
        key: end - begin for key, (begin, end) in zip(weights, pairwise([0, *ends]), strict=True)
    }
