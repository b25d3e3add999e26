"""WSGI entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# gunicorn runs no system checks by itself, and a wrong secret must not serve a request.
from core.secrecy.checks import refuse_to_start  # noqa: E402  needs the apps

refuse_to_start()
