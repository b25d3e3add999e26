"""Addresses of the REST API, version 1."""

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import SimpleRouter

from core.desk import region_api as regions
from core.desk.accounts import ApiDocumentView
from projects import api as projects
from reports.board import api as reports
from stations import api as stations
from talent import api as talent

router = SimpleRouter()
router.register("people", talent.PersonAPI, "api-person")
router.register("certificates", talent.CertificateAPI, "api-certificate")
router.register("registrations", talent.RegistrationPeriodAPI, "api-registrationperiod")
router.register("educations", talent.EducationAPI, "api-education")
router.register("titles", talent.TitleAPI, "api-title")
router.register("posts", talent.PostAPI, "api-post")
router.register("key-talents", talent.KeyTalentClaimAPI, "api-keytalentclaim")
router.register("graduates", talent.GraduateStatAPI, "api-graduatestat")
router.register("transfers", talent.TransferRequestAPI, "api-transferrequest")
router.register("change-requests", talent.ChangeRequestAPI, "api-changerequest")
router.register("organizations", stations.OrganizationAPI, "api-organization")
router.register("stations", stations.StationAPI, "api-station")
router.register("station-months", stations.StationMonthlyAPI, "api-stationmonthly")
router.register("projects", projects.ProjectAPI, "api-project")
router.register("milestones", projects.MilestoneAPI, "api-milestone")
router.register("payments", projects.PaymentAPI, "api-payment")
router.register("regions", regions.RegionAPI, "api-region")
router.register("snapshots", reports.SnapshotAPI, "api-snapshot")

urlpatterns = [
    path("schema/", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path("indicators/", reports.IndicatorAPI.as_view(), name="api-indicators"),
    path("indicators/figures/", reports.FigureAPI.as_view(), name="api-figures"),
    path("docs/", ApiDocumentView.as_view(), name="api-docs"),
    *router.urls,
]
