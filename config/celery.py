"""The Celery app. The database is the queue of record; Celery only rings the bell."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_after_setup

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("registry")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_after_setup.connect
@beat_init.connect
def check_secrets(**kwargs: Any) -> None:
    """A worker with a wrong key would write what nobody can read, and beat starts with it."""
    from core.checks import refuse_to_start

    refuse_to_start()
