"""The API of stations and organisations."""

from core.entities.api.records import RecordAPI
from core.entities.api.serializers import serializer_for
from stations.filters import MonthFilter, OrganizationFilter, StationFilter
from stations.models import Organization, Station, StationMonthly


class OrganizationAPI(RecordAPI):
    model = Organization
    select_related = ("parent",)
    filterset_class = OrganizationFilter
    serializer_class = serializer_for(
        Organization, "name", "kind", "credit_code", "region", "parent", "is_lead", "address",
        "contact_phone", "is_incomplete", "ended_on", "end_reason",
    )  # fmt: skip


class StationAPI(RecordAPI):
    model = Station
    select_related = ("operator",)
    filterset_class = StationFilter
    serializer_class = serializer_for(
        Station, "name", "kind", "region", "status", "built_on", "approval_number", "approved_on",
        "operator", "operating_model", "address", "area", "capacity", "reported_workers",
        "is_relocation_site", "is_branch", "is_incomplete",
    )  # fmt: skip


class StationMonthlyAPI(RecordAPI):
    model = StationMonthly
    select_related = ("station",)
    filterset_class = MonthFilter
    serializer_class = serializer_for(
        StationMonthly, "station", "month", "workers", "certified_workers", "cases_new",
        "cases_open", "cases_closed", "groups", "group_sessions", "group_attendance",
        "activities", "activity_attendance", "visits", "consultations", "is_aggregated",
    )  # fmt: skip
