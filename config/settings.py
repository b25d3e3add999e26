"""All settings, every one of them read from the environment.

`.env.example` explains each variable. `make run` writes the ones a development machine
needs to `.local/env`; production gets them from its environment and refuses to start
without them.
"""

import os
import re
from datetime import timedelta
from pathlib import Path

import pghistory
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
LOCAL_DIR = Path(env.str("LOCAL_DIR", str(BASE_DIR / ".local")))
if (LOCAL_DIR / "env").exists():
    env.read_env(str(LOCAL_DIR / "env"), recurse=False)

DEBUG = env.bool("DEBUG", False)
# A development key is accepted only where DEBUG is on; core.secrecy.checks refuses it elsewhere.
SECRET_KEY = env.str("SECRET_KEY", "development-only" if DEBUG else "")
# "id:hex,id:hex": 128-bit SM4 keys, the first one encrypts, the others still decrypt.
FIELD_KEYS = env.str("FIELD_KEYS", "")
# 256-bit HMAC-SM3 key (hex) of the blind indexes; it cannot be rotated by itself.
BLIND_INDEX_KEY = env.str("BLIND_INDEX_KEY", "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
# Behind the product's own reverse proxy (docker-compose), which sets these headers itself.
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
HTTPS = env.bool("HTTPS", BEHIND_PROXY)

# --- What is Guizhou's and not the program's -------------------------------------------
PROVINCE_CODE = env.str("PROVINCE_CODE", "52")
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "data")))
COUNTY_MAP = env.str("COUNTY_MAP", "map_52_counties.geojson")
PREFECTURE_MAP = env.str("PREFECTURE_MAP", "map_52_prefectures.geojson")
SITE_NAME = env.str("SITE_NAME", "贵州省社会工作人才信息平台")
DEMO_PASSWORD = env.str("DEMO_PASSWORD", "")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "pgtrigger",
    "pghistory",
    "csp",
    "django_htmx",
    # Both rewrite the template loaders in ready(); the simple configs leave TEMPLATES alone.
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_tables2",
    "django_filters",
    "import_export",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_linear_migrations",
    "core",
    "stations",
    "talent",
    "projects",
    "reports",
    "demo",
]

MIDDLEWARE = [
    # Headers first: static files, refusals and failures carry them too.
    "csp.middleware.CSPMiddleware",
    "core.web.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.web.middleware.ServiceUnavailableMiddleware",
    "core.web.middleware.WrongMethodMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.web.middleware.SessionRulesMiddleware",
    "core.web.middleware.NumbersInAddressMiddleware",
    "core.web.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.web.middleware.ActingUserMiddleware",
    "core.web.middleware.FirstThingsMiddleware",
    "core.web.middleware.UnreadableInputMiddleware",
    "core.drafts.middleware.DraftsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

_loaders = [
    "template_partials.loader.Loader",
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    _loaders[1:]
                    if DEBUG
                    else [("django.template.loaders.cached.Loader", _loaders[1:])],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.web.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DJANGO_TABLES2_TEMPLATE = "entity/table.html"

# --- Database --------------------------------------------------------------------------
_postgres = {
    "CONN_MAX_AGE": 600,
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,
    "DISABLE_SERVER_SIDE_CURSORS": False,
}
_timeouts = (
    f"-c statement_timeout={env.int('STATEMENT_TIMEOUT_MS', 15000)}"
    " -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000"
)
DATABASES = {
    "default": env.dj_db_url("DATABASE_URL", "postgres://postgres@localhost/registry") | _postgres
}
# A streaming replica for the read-only pages of reports; see core.database.
if env.str("DATABASE_REPLICA_URL", ""):
    DATABASES["replica"] = env.dj_db_url("DATABASE_REPLICA_URL") | _postgres
DATABASE_ROUTERS = ["core.database.ReplicaRouter"]
for _database in DATABASES.values():
    # libpq answers within 5 s whether the server is there.
    _database.setdefault("OPTIONS", {}).update(connect_timeout=5, options=_timeouts)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# History is read by record and by act; an index for every other foreign key of every event
# would cost a large import more than the rows themselves.
# Triggers follow from the models and are put in place after every migrate: a new column is two
# lines of a migration instead of fifty of trigger text.
PGTRIGGER_MIGRATIONS = False
PGTRIGGER_INSTALL_ON_MIGRATE = True
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)
PGHISTORY_CONTEXT_FIELD = pghistory.ContextForeignKey(db_index=True)


# --- Redis and Celery ------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Celery speaks redis+socket:// where redis-py speaks unix://.
CELERY_BROKER_URL = re.sub(r"^unix://", "redis+socket://", REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "retry_on_timeout": False,
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 900_000
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "core.tasks.sweep_jobs", "schedule": 20},
    "housekeeping": {"task": "core.tasks.housekeeping", "schedule": crontab(minute=17)},
    "refresh-snapshots": {"task": "reports.tasks.refresh_stale", "schedule": 20},
    "nightly": {"task": "core.tasks.nightly", "schedule": crontab(hour=2, minute=25)},
    "nightly-snapshot": {"task": "reports.tasks.nightly", "schedule": crontab(hour=1, minute=5)},
    "recount": {"task": "reports.tasks.recount", "schedule": crontab(hour=3, minute=35)},
    "due-decisions": {"task": "core.tasks.settle_due", "schedule": crontab(hour=2, minute=5)},
    "forget-attempts": {
        "task": "talent.tasks.forget_attempts",
        "schedule": crontab(hour=2, minute=15),
    },
}

# Processes that check a large ledger at the same time; 1 is the worker alone.
IMPORT_PROCESSES = env.int("IMPORT_PROCESSES", min(2, os.cpu_count() or 1))

# --- Accounts, sessions, passwords -----------------------------------------------------
AUTH_USER_MODEL = "core.User"
ROLES = "config.policy.ROLES"
NAVIGATION = "config.navigation.NAVIGATION"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "core.accounts.backend.RegistryBackend",
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "core.accounts.passwords.LengthValidator"},
    {"NAME": "core.accounts.passwords.WellKnownValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name")},
    },
    {"NAME": "core.accounts.passwords.ThreeClassesValidator"},
]
# Days after which an official's password has to be changed; 0 never asks (ADR 0016).
PASSWORD_DAYS = env.int("PASSWORD_DAYS", 90)
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# The longest a session lives, however busy it is (core.web.middleware.SessionRulesMiddleware).
SESSION_COOKIE_AGE = 8 * 3600
# Idle minutes after which core.web.middleware.SessionRulesMiddleware asks to log in again.
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", 30)
# Days within which what an action did can be taken back (撤销).
UNDO_DAYS = env.int("UNDO_DAYS", 30)
# An export of more rows is made by a worker; how long its file waits to be fetched.
EXPORT_JOB_ROWS = env.int("EXPORT_JOB_ROWS", 5_000)
EXPORT_HOURS = env.int("EXPORT_HOURS", 24)
# How long what was typed into a form and not saved is kept.
DRAFT_DAYS = env.int("DRAFT_DAYS", 7)
# Days without a log-in after which an account is closed; 0 closes none.
DORMANT_DAYS = env.int("DORMANT_DAYS", 90)
# Failures from one address within 30 minutes after which it has to wait, whatever the account.
LOGIN_ADDRESS_LIMIT = env.int("LOGIN_ADDRESS_LIMIT", 60)
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
AXES_LOCKOUT_CALLABLE = "core.accounts.backend.locked_out"
AXES_CLIENT_IP_CALLABLE = "core.accounts.clients.client_address"
# A worker logs in with an ID number, which must not stand in the table of attempts.
AXES_USERNAME_CALLABLE = "core.accounts.backend.counted_name"
AXES_SENSITIVE_PARAMETERS = [
    "username",
    "ip_address",
    "id_number",
    "code",
    "next",
    "csrfmiddlewaretoken",
]

# --- Transport and headers -------------------------------------------------------------
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_NAME = "__Host-sid" if HTTPS else "sid"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.web.errors.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- Files -----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(LOCAL_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Never under a URL: every file is served by a view that checks the scope.
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(LOCAL_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.bundles.BundledStorage"
    },
}

# --- Language and time -----------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i"
FORMAT_MODULE_PATH = ["config.formats"]
USE_THOUSAND_SEPARATOR = False

# --- API -------------------------------------------------------------------------------
REST_FRAMEWORK = {
    # The token first: it is the one that answers 401 with how to authenticate.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "core.entities.api.policy.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["core.entities.api.policy.RolePermission"],
    "DEFAULT_PAGINATION_CLASS": "core.entities.api.paging.Pagination",
    "DEFAULT_SCHEMA_CLASS": "core.entities.api.schema.AutoSchema",
    # The schema describes the API; OPTIONS would do it once more, in English.
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.entities.api.policy.JSONParser"],
    "EXCEPTION_HANDLER": "core.entities.api.policy.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
KNOX_TOKEN_MODEL = "core.ApiToken"
# Its own table is not wanted, yet its first migration makes it; a flush would trip over it.
MIGRATION_MODULES = {"knox": None}
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=90),
    "AUTO_REFRESH": False,
    "AUTH_HEADER_PREFIX": "Token",
}
SPECTACULAR_SETTINGS = {
    "TITLE": SITE_NAME,
    "VERSION": "1.0.0",
    "DESCRIPTION": "辖区、号码隐去、筛选和分页与页面一致。每次读取人员数据都会留下查阅记录。",
    "SERVE_INCLUDE_SCHEMA": False,
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PERMISSIONS": ["core.entities.api.policy.StaffPermission"],
    # Many models have a state, kind or level of their own; names come from the choices.
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [],
    # Choices that are narrowed to the reader's scope cannot be listed in a schema.
    "DISABLE_ERRORS_AND_WARNINGS": True,
}

# --- Logs: one line an event, no personal data ------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "core.secrecy.logs.OneLineFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "axes": {"level": "WARNING"},
        "pgtrigger": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        # A forged host name is answered with 400; its traceback helps nobody.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
