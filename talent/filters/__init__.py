"""Filters of the lists of people and what belongs to them."""

from talent.filters.people import PersonFilter, PostFilter
from talent.filters.records import (
    CertificateFilter,
    GraduateStatFilter,
    KeyTalentClaimFilter,
    RegistrationPeriodFilter,
)

__all__ = [
    "CertificateFilter",
    "GraduateStatFilter",
    "KeyTalentClaimFilter",
    "PersonFilter",
    "PostFilter",
    "RegistrationPeriodFilter",
]
