"""WSGI entry point for gunicorn."""

import os
import sys

from django.core import checks
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# gunicorn runs no system checks by itself, and a wrong secret must not serve a request.
if _serious := [error for error in checks.run_checks(tags=["security"]) if error.is_serious()]:
    sys.exit("\n".join(str(error) for error in _serious))
