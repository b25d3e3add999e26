"""Addresses of the REST API, version 1: every entity's own (`api`), and those beside them."""

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import SimpleRouter

from core.desk import region_api as regions
from core.desk.accounts import ApiDocumentView
from core.entities.addresses import register_apis
from reports.board import api as reports
from talent.corrections.api import ChangeRequestAPI
from talent.key_talents.api import KeyTalentClaimAPI
from talent.moves.api import TransferRequestAPI

router = SimpleRouter()
register_apis(router)
router.register("key-talents", KeyTalentClaimAPI, "api-keytalentclaim")
router.register("transfers", TransferRequestAPI, "api-transferrequest")
router.register("change-requests", ChangeRequestAPI, "api-changerequest")
router.register("regions", regions.RegionAPI, "api-region")
router.register("snapshots", reports.SnapshotAPI, "api-snapshot")

urlpatterns = [
    path("schema/", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path("indicators/", reports.IndicatorAPI.as_view(), name="api-indicators"),
    path("indicators/figures/", reports.FigureAPI.as_view(), name="api-figures"),
    path("docs/", ApiDocumentView.as_view(), name="api-docs"),
    *router.urls,
]
