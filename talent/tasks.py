"""What Celery's beat does for people."""

import datetime

from celery import shared_task
from django.utils import timezone

from talent import actions


@shared_task(name="talent.tasks.accept_due_transfers")
def accept_due_transfers() -> int:
    """Accept transfer requests that nobody answered within their 15 days."""
    return actions.accept_due_transfers()


@shared_task(name="talent.tasks.forget_attempts")
def forget_attempts() -> int:
    """Tries to open an account are kept for a month, then forgotten."""
    return actions.forget_attempts(before=timezone.now() - datetime.timedelta(days=31))
