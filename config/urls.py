"""Every address of the product starts here."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from core.desk.login import LoginView, PasswordChangeView
from core.web.health import healthz, readyz

urlpatterns = [
    path("healthz", login_not_required(healthz), name="healthz"),
    path("readyz", login_not_required(readyz), name="readyz"),
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("account/password/", PasswordChangeView.as_view(), name="password_change"),
    path("api/v1/", include("config.api_urls")),
    path("", include("core.desk.account_urls")),
    path("", include("core.urls")),
    path("files/", include("core.attachments.urls")),
    path("imports/", include("core.ledgers.urls")),
    path("papers/", include("core.papers.urls")),
    path("", include("talent.urls")),
    path("", include("stations.urls")),
    path("", include("projects.urls")),
    path("", include("reports.urls")),
]

handler400 = "core.web.errors.bad_request"
handler403 = "core.web.errors.forbidden"
handler404 = "core.web.errors.not_found"
handler500 = "core.web.errors.server_error"
