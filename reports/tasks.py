"""What the beat calls: figures are refreshed soon after a change, and every night."""

from celery import shared_task

from reports.recount.actions import recount_sample
from reports.snapshots import actions


@shared_task(ignore_result=True)
def refresh_stale() -> None:
    actions.refresh_if_stale()


@shared_task(ignore_result=True)
def nightly() -> None:
    actions.take_all()


@shared_task(ignore_result=True)
def recount() -> None:
    recount_sample()
