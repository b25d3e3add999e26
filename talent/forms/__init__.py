"""Forms of people and what belongs to them."""

from talent.forms.claims import GraduateStatForm, KeyTalentClaimForm
from talent.forms.credentials import (
    CertificateForm,
    EducationForm,
    RegistrationPeriodForm,
    TitleForm,
)
from talent.forms.person import PersonForm
from talent.forms.post import PostForm

__all__ = [
    "CertificateForm",
    "EducationForm",
    "GraduateStatForm",
    "KeyTalentClaimForm",
    "PersonForm",
    "PostForm",
    "RegistrationPeriodForm",
    "TitleForm",
]
