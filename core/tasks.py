"""What Celery calls: each task takes primitives and makes one call."""

import datetime
import time

from celery import shared_task
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from core.accounts.actions import disable_dormant
from core.attachments.keeping import forget_orphans
from core.decisions import actions as decisions
from core.drafts.actions import forget_drafts
from core.entities.exporting import forget_exports
from core.jobs import running as jobs
from core.ledgers.keeping import forget_expired
from core.notices.reminders import remind
from core.papers.actions import learn_lists
from core.secrecy import files as media

DAY_SECONDS = 86_400


@shared_task
def run_job(job_id: str) -> None:
    jobs.run(job_id)


@shared_task
def sweep_jobs() -> None:
    jobs.sweep()


@shared_task
def settle_due() -> int:
    """Grant what nobody answered in time, of every kind of request that says so."""
    return decisions.settle_due()


@shared_task
def nightly() -> None:
    """Every night: what falls due, and files that no record came to name."""
    remind()
    forget_orphans(before=time.time() - DAY_SECONDS)


@shared_task
def housekeeping() -> None:
    """Every hour: old sessions, attempts, accounts, drafts, files, uploads and staged rows; forms
    that nobody has looked at yet."""
    call_command("clearsessions")
    call_command("axes_reset_logs", age=365)
    disable_dormant()
    forget_drafts(before=timezone.now() - datetime.timedelta(days=settings.DRAFT_DAYS))
    forget_exports(before=timezone.now() - datetime.timedelta(hours=settings.EXPORT_HOURS))
    forget_expired(before=timezone.now() - datetime.timedelta(days=30))
    media.forget_opened(before=time.time() - settings.CELERY_TASK_TIME_LIMIT)
    learn_lists()
