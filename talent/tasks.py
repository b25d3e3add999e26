"""What Celery's beat does for people."""

from celery import shared_task

from talent import actions


@shared_task(name="talent.tasks.accept_due_transfers")
def accept_due_transfers() -> int:
    """Accept transfer requests that nobody answered within their 15 days."""
    return actions.accept_due_transfers()
