"""The product's settings with the scratch app in it."""

from __future__ import annotations

from config.settings import *  # noqa: F403
from config.settings import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.contracts.scratch.apps.ScratchConfig"]
ROOT_URLCONF = "tests.contracts.scratch.urls"
ROLES = "tests.contracts.scratch.policy.ROLES"
NAVIGATION = "tests.contracts.scratch.policy.NAVIGATION"
DATABASES["default"]["TEST"] = {"NAME": "test_scratch"}
