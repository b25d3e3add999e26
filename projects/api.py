"""The API of projects, their milestones and payments."""

from core.entities.api.records import RecordAPI
from core.entities.api.serializers import serializer_for
from projects.filters import PartFilter, ProjectFilter
from projects.models import Milestone, Payment, Project


class ProjectAPI(RecordAPI):
    model = Project
    select_related = ("purchaser", "contractor", "evaluator")
    filterset_class = ProjectFilter
    serializer_class = serializer_for(
        Project, "number", "name", "purchaser", "contractor", "evaluator", "service_field",
        "region", "fund", "budget", "contract_amount", "procurement", "started_on", "ends_on",
        "stage", "staffing", "ended_on", "end_reason",
    )  # fmt: skip


class MilestoneAPI(RecordAPI):
    model = Milestone
    select_related = ("project",)
    filterset_class = PartFilter
    serializer_class = serializer_for(
        Milestone, "project", "stage", "planned_on", "reached_on", "score"
    )


class PaymentAPI(RecordAPI):
    model = Payment
    select_related = ("project",)
    filterset_class = PartFilter
    serializer_class = serializer_for(
        Payment, "project", "stage", "amount", "paid_on", "is_opening_balance", "voucher",
        "ended_on", "end_reason",
    )  # fmt: skip
