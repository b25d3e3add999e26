"""The second count, every night: of today, the ends of plans, and some days by chance."""

from __future__ import annotations

import datetime
import logging
import random

from django.db import connection, transaction
from django.utils import timezone

from core.dates import today
from reports.plans.calendar import days_shown, plan_starts
from reports.recount.counting import differences
from reports.recount.models import Recount

logger = logging.getLogger(__name__)
DAYS_BY_CHANCE = 2
_LISTED = 50
_KEPT = datetime.timedelta(days=90)


def sample(until: datetime.date) -> list[datetime.date]:
    """Days whose figures are shown, and others of the past; the same ones all that night."""
    days = [day for day, _ in days_shown()]
    first = min(plan_starts(), default=until)
    if first < until:
        dice = random.Random(until.isoformat())  # noqa: S311  nothing secret is drawn
        span = (until - first).days
        days += [
            first + datetime.timedelta(days=dice.randrange(span)) for _ in range(DAYS_BY_CHANCE)
        ]
    return list(dict.fromkeys(days))


def recount_day(day: datetime.date, run: Recount | None = None) -> Recount:
    """Both counts of one moment, compared and kept; a difference is logged as an error."""
    run = run or Recount.objects.create(as_of=day)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            # Nobody waits for this.
            cursor.execute("SET LOCAL statement_timeout = '600s'")
        run.compared, found = differences(day)
        run.counted_at, run.differing = timezone.now(), len(found)
        run.differences = [list(difference) for difference in found[:_LISTED]]
        run.save()
    if found:
        logger.error("recount of %s differs in %d figures: %s", day, len(found), found[:3])
    return run


def recount_sample() -> list[Recount]:
    """Tonight's days. One that cannot be counted stays unfinished, which is an alarm too."""
    Recount.objects.filter(counted_at__lt=timezone.now() - _KEPT).delete()
    night = today()
    # A difference is looked at again until it is gone.
    days = dict.fromkeys([*sample(night), *(run.as_of for run in Recount.objects.unresolved())])
    runs = [Recount.objects.create(as_of=day, night=night) for day in days]
    for run in runs:
        try:
            recount_day(run.as_of, run)
        except Exception:
            logger.exception("recount of %s was not done", run.as_of)
    return runs
