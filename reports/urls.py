"""Addresses of the dashboard, definitions and targets."""

from django.urls import path, register_converter

from core.database import from_replica
from core.entities.addresses import addresses_of
from reports.board import views as board
from reports.forms import views as forms
from reports.lists import own
from reports.lists import views as lists
from reports.periods import views as periods
from reports.plans import views as plans
from reports.targets import views as targets


class RegionCode:
    """52, 5201, 520102 or 520102016."""

    regex = r"\d{2}(?:\d{2}){0,2}|\d{9}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(RegionCode, "region")

urlpatterns = [
    path("dashboard/", from_replica(board.dashboard), name="dashboard"),
    path("dashboard/progress/", from_replica(board.dashboard_progress),
         name="dashboard_progress"),
    path("dashboard/<region:region>/", from_replica(board.dashboard), name="dashboard"),
    path("dashboard/<region:region>/map/<slug:level>.json", board.dashboard_map,
         name="dashboard_map"),
    path("dashboard/<region:region>/next/", from_replica(board.dashboard_next),
         name="dashboard_next"),
    path("dashboard/<region:region>/export/", from_replica(board.dashboard_export),
         name="dashboard_export"),
    path("dashboard/<region:region>/refresh/", board.dashboard_refresh,
         name="dashboard_refresh"),
    path("dashboard/<region:region>/list/<slug:code>/", from_replica(lists.indicator_list),
         name="dashboard_list"),
    path("dashboard/<region:region>/list/<slug:code>/export/", from_replica(lists.indicator_export),
         name="dashboard_list_export"),
    path("dashboard/definitions/", board.definition_list, name="definition_list"),
    path("dashboard/definitions/<slug:code>/", board.definition, name="definition"),
    path("reports/", forms.report_list, name="report_list"),
    path("reports/<slug:form>/", from_replica(forms.report), name="report"),
    path("reports/<slug:form>/<region:region>/", from_replica(forms.report), name="report"),
    path("reports/<slug:form>/<region:region>/export/", from_replica(forms.report_export),
         name="report_export"),
    path("me/targets/", own.me_targets, name="me_targets"),
    path("targets/", targets.target_list, name="target_list"),
    path("targets/plans/new/", plans.plan_create, name="plan_create"),
    path("targets/<slug:plan>/freeze/", periods.plan_freeze, name="plan_freeze"),
    path("targets/<slug:plan>/<region:region>/", targets.target_edit, name="target_edit"),
    *addresses_of("reports"),
]  # fmt: skip
