"""Lists without ID numbers: pass lists and notices of registration. They register certificates and
periods of people who are registered, and never anybody new."""

from typing import Any

from core.ledgers.ledger import Ledger
from core.ledgers.models import ImportRow
from core.ledgers.plain import all_rows
from talent.credentials.ledger import certificates, registrations, telling
from talent.credentials.ledger.columns import CERTIFICATE_COLUMNS, REGISTRATION_COLUMNS
from talent.name_lists.actions import request_verification, withdraw_request

_NOTES = (
    "可以没有身份证号：先按管理号认人，再按姓名和单位；认不准的列出人选由您选择。",
    "名单不会新建人员；在册没有的、未在本辖区的逐一列出。",
)


def _tied(batch: Any, numbers: set[int]) -> set[int]:
    """Rows under one name may be about one person."""
    rows = ImportRow.objects.filter(batch=batch)
    names = rows.filter(number__in=numbers).values("shown__name")
    return set(rows.filter(shown__name__in=names).values_list("number", flat=True))


def _of_person(name: str) -> Any:
    return lambda record, on: getattr(record.person, name)


def _of_certificate(name: str) -> Any:
    """Of the highest certificate of whom a registration is."""
    return lambda record, on: getattr(record.held_certificate, name, "")


_FILLS = {
    "name": _of_person("name"),
    "sex": lambda record, on: record.person.get_sex_display(),
    "number": _of_person("number"),
}

CERTIFICATE_LEDGER = Ledger(
    kind="certificates",
    label="证书名单",
    permission="talent.add_certificate",
    models=("talent.certificate",),
    columns=CERTIFICATE_COLUMNS,
    notes=(*_NOTES, "整份名单由另一位审核员一次核验，核验后各本证书是「凭证核验」。"),
    fresh=frozenset({"id"}),
    build=certificates.build,
    compare=certificates.compare,
    candidates=all_rows,
    tied=_tied,
    after_apply=lambda batch, context: request_verification(batch, telling.certificates_of(batch)),
    after_undo=withdraw_request,
    tell=telling.tell_certificates,
    uncounted=telling.uncounted_certificates,
    expected=telling.expected_certificates,
    fills={
        **_FILLS,
        "certificate_level": lambda record, on: record.get_level_display(),
        "certificate_number": lambda record, on: record.number,
    },
)

REGISTRATION_LEDGER = Ledger(
    kind="registrations",
    label="登记名单",
    permission="talent.add_registrationperiod",
    models=("talent.registrationperiod",),
    columns=REGISTRATION_COLUMNS,
    notes=_NOTES,
    fresh=frozenset({"id"}),
    build=registrations.build,
    compare=registrations.compare,
    candidates=all_rows,
    tied=_tied,
    tell=telling.tell_registrations,
    uncounted=telling.uncounted_registrations,
    expected=telling.expected_registrations,
    fills={
        **_FILLS,
        "certificate_level": _of_certificate("level"),
        "certificate_number": _of_certificate("number"),
        "period": lambda record, on: f"{record.starts_on}至{record.ends_on}",
    },
)
