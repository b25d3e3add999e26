"""The API of people and what belongs to them."""

from core.api import RecordAPI
from core.serializers import serializer_for
from talent.filters import (
    CertificateFilter,
    GraduateStatFilter,
    KeyTalentClaimFilter,
    PersonFilter,
    PostFilter,
    RegistrationPeriodFilter,
)
from talent.filters.records import PersonalFilter
from talent.models import (
    Certificate,
    Education,
    GraduateStat,
    KeyTalentClaim,
    Person,
    Post,
    RegistrationPeriod,
    Title,
    TransferRequest,
)

_ENDED = ("ended_on", "end_reason")


class PersonAPI(RecordAPI):
    model = Person
    person_path = "pk"
    filterset_class = PersonFilter
    serializer_class = serializer_for(
        Person, "number", "name", "former_name", "id_type", "id_number", "phone", "sex",
        "birth_date", "ethnicity", "political_status", "native_place", "household_place",
        "residence", "region", "category", "sources", "service_fields", "status",
        "verification", "confirmed_on", "data_source", "remark",
    )  # fmt: skip


class PersonalAPI(RecordAPI):
    person_path = "person_id"
    select_related = ("person",)


class CertificateAPI(PersonalAPI):
    model = Certificate
    filterset_class = CertificateFilter
    serializer_class = serializer_for(
        Certificate, "person", "level", "number", "approved_on", "approved_precision", "issuer",
        "exam_province", "verification", "verified_by_means", "verified_on", *_ENDED,
    )  # fmt: skip


class RegistrationPeriodAPI(PersonalAPI):
    model = RegistrationPeriod
    filterset_class = RegistrationPeriodFilter
    serializer_class = serializer_for(
        RegistrationPeriod, "person", "kind", "starts_on", "ends_on", "state", "authority",
        "voucher", *_ENDED,
    )  # fmt: skip


class EducationFilter(PersonalFilter):
    class Meta:
        model = Education
        fields: list[str] = []


class EducationAPI(PersonalAPI):
    model = Education
    filterset_class = EducationFilter
    serializer_class = serializer_for(
        Education, "person", "level", "degree", "school", "major", "graduated_on", *_ENDED
    )


class TitleFilter(PersonalFilter):
    class Meta:
        model = Title
        fields: list[str] = []


class TitleAPI(PersonalAPI):
    model = Title
    filterset_class = TitleFilter
    serializer_class = serializer_for(Title, "person", "series", "level", "obtained_on", *_ENDED)


class PostAPI(PersonalAPI):
    model = Post
    select_related = ("person", "station", "organization")
    filterset_class = PostFilter
    serializer_class = serializer_for(
        Post, "person", "station", "organization", "region", "kind", "is_primary", "employment",
        "started_on", "started_precision", *_ENDED,
    )  # fmt: skip


class KeyTalentClaimAPI(PersonalAPI):
    model = KeyTalentClaim
    select_related = ("person", "submitted_by", "decided_by")
    filterset_class = KeyTalentClaimFilter
    serializer_class = serializer_for(
        KeyTalentClaim, "person", "claim_class", "qualified_on", "native_basis", "evidence",
        "origin", "state", "submitted_by", "decided_by", "decided_on", "decision_reason", *_ENDED,
    )  # fmt: skip


class GraduateStatAPI(RecordAPI):
    model = GraduateStat
    filterset_class = GraduateStatFilter
    serializer_class = serializer_for(
        GraduateStat, "school", "region", "major", "major_code", "level", "year", "graduates",
        "stayed", "document", *_ENDED,
    )  # fmt: skip


class TransferRequestAPI(RecordAPI):
    """Who only asks sees the request; the person only where the reader's scope has it."""

    model = TransferRequest
    select_related = ("person", "requested_by", "decided_by")
    serializer_class = serializer_for(
        TransferRequest, "person", "from_region", "to_region", "direction", "reason", "state",
        "requested_by", "due_on", "decided_by", "decided_at", "decision_reason",
        private=("person",),
    )  # fmt: skip
