"""Filters of the lists of people and what belongs to them."""

from talent.filters.people import PersonFilter, PostFilter
from talent.filters.records import (
    CertificateFilter,
    EducationFilter,
    GraduateStatFilter,
    KeyTalentClaimFilter,
    RegistrationPeriodFilter,
    TitleFilter,
)

__all__ = [
    "CertificateFilter",
    "EducationFilter",
    "GraduateStatFilter",
    "KeyTalentClaimFilter",
    "PersonFilter",
    "PostFilter",
    "RegistrationPeriodFilter",
    "TitleFilter",
]
