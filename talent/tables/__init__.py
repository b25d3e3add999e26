"""Columns of the lists of people and what belongs to them."""

from talent.tables.people import PersonTable, PostTable
from talent.tables.records import (
    CertificateTable,
    GraduateStatTable,
    KeyTalentClaimTable,
    RegistrationPeriodTable,
)

__all__ = [
    "CertificateTable",
    "GraduateStatTable",
    "KeyTalentClaimTable",
    "PersonTable",
    "PostTable",
    "RegistrationPeriodTable",
]
