"""Pages of people and what belongs to them."""

from talent import waiting  # noqa: F401  puts its kinds on the workbench
from talent.views.claims import GraduateStatView, KeyTalentClaimView
from talent.views.credentials import (
    CertificateView,
    EducationView,
    RegistrationPeriodView,
    TitleView,
)
from talent.views.people import PersonView, id_number_check
from talent.views.posts import PostView

__all__ = [
    "CertificateView",
    "EducationView",
    "GraduateStatView",
    "KeyTalentClaimView",
    "PersonView",
    "PostView",
    "RegistrationPeriodView",
    "TitleView",
    "id_number_check",
]
