"""What Celery's beat does for people."""

import datetime

from celery import shared_task
from django.utils import timezone

from talent.own.accounts import forget_attempts as forget


@shared_task(name="talent.tasks.forget_attempts")
def forget_attempts() -> int:
    """Tries to open an account are kept for a month, then forgotten."""
    return forget(before=timezone.now() - datetime.timedelta(days=31))
