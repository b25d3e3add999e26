"""What Celery's beat does for people."""

import datetime

from celery import shared_task
from django.utils import timezone

from talent.moves.actions import accept_due_transfers as accept
from talent.own.accounts import forget_attempts as forget


@shared_task(name="talent.tasks.accept_due_transfers")
def accept_due_transfers() -> int:
    """Accept transfer requests that nobody answered within their 15 days."""
    return accept()


@shared_task(name="talent.tasks.forget_attempts")
def forget_attempts() -> int:
    """Tries to open an account are kept for a month, then forgotten."""
    return forget(before=timezone.now() - datetime.timedelta(days=31))
