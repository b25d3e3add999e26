"""Every address of the product starts here."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from core.health import healthz, readyz
from core.login import LoginView, PasswordChangeView

urlpatterns = [
    path("healthz", login_not_required(healthz), name="healthz"),
    path("readyz", login_not_required(readyz), name="readyz"),
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("account/password/", PasswordChangeView.as_view(), name="password_change"),
    path("api/v1/", include("config.api_urls")),
    path("", include("core.account_urls")),
    path("", include("core.urls")),
    path("imports/", include("core.imports.urls")),
    path("", include("talent.worker_urls")),
    path("", include("talent.urls")),
    path("", include("stations.urls")),
    path("", include("projects.urls")),
    path("", include("reports.urls")),
]

handler400 = "core.errors.bad_request"
handler403 = "core.errors.forbidden"
handler404 = "core.errors.not_found"
handler500 = "core.errors.server_error"
