"""Columns of the lists of people and what belongs to them."""

from talent.tables.people import PersonTable, PostTable
from talent.tables.records import (
    CertificateTable,
    EducationTable,
    GraduateStatTable,
    KeyTalentClaimTable,
    RegistrationPeriodTable,
    TitleTable,
)

__all__ = [
    "CertificateTable",
    "EducationTable",
    "GraduateStatTable",
    "KeyTalentClaimTable",
    "PersonTable",
    "PostTable",
    "RegistrationPeriodTable",
    "TitleTable",
]
