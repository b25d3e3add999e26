"""Addresses of accounts, the security pages and one's own account."""

from django.urls import path

from core.desk import accounts, lists
from core.desk.status import system_status
from core.entities.addresses import pages_of

urlpatterns = [
    *pages_of(lists.ACCOUNTS),
    *pages_of(lists.SECURITY_LOG),
    *pages_of(lists.READ_LOG),
    path("accounts/new/", accounts.account_create, name="account_create"),
    path("accounts/<uuid:pk>/", accounts.account_detail, name="account_detail"),
    path("accounts/<uuid:pk>/edit/", accounts.account_edit, name="account_edit"),
    path("accounts/<uuid:pk>/<slug:verb>/", accounts.account_act, name="account_act"),
    path("account/", accounts.account_own, name="account_own"),
    path("account/session/", accounts.account_session, name="account_session"),
    path("account/tokens/", accounts.token_create, name="token_create"),
    path("account/tokens/<uuid:public_id>/revoke/", accounts.token_revoke, name="token_revoke"),
    path("security/status/", system_status, name="system_status"),
]
