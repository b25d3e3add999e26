"""Certificates and education: one more, or what is registered said otherwise."""

from __future__ import annotations

from typing import Any

from core.dates import says_otherwise
from core.ledgers.asking import ask
from core.models import ImportRow
from core.text import tidy_name
from talent.codes import CertificateLevel, EducationLevel, Verification
from talent.credentials.models import Certificate, Education, Title
from talent.people.ledger.credentials import UNSAID_SERIES
from talent.people.ledger.meeting import questions
from talent.people.ledger.meeting.encounter import CERTIFICATE, EDUCATION, TITLE, Encounter
from talent.people.ledger.meeting.known import Known
from talent.people.models import Person

_COURSE = (("major", "专业"), ("school", "毕业院校"))


def numbers_of(row: ImportRow) -> list[tuple[str, str]]:
    """Number and level of each certificate that a row names with a number."""
    found = row.inserts(CERTIFICATE)
    return [(c["number"], c["level"]) for c in found if c.get("number")]


def settle(
    row: ImportRow, person: Person | None, known: Known, seen: dict[tuple[str, str], int]
) -> None:
    """R7: a certificate number belongs to one person, in the registry and in the file.

    A number of somebody else is asked about, and the certificate left out.
    """
    for number in numbers_of(row):
        owner = known.numbers.get(number)
        if owner is not None and (person is None or owner != person.pk):
            taken = "管理号已登记在另一人名下"
        elif (first := seen.setdefault(number, row.number)) != row.number:
            taken = f"管理号与第 {first} 行相同"
        else:
            continue
        ask(row, questions.TAKEN_NUMBER, f"{taken}，请核对证书。", rule="R7", column="管理号")
        row.writes["insert"][CERTIFICATE] = [
            c for c in row.inserts(CERTIFICATE) if (c.get("number"), c["level"]) != number
        ]


def meet_certificate(m: Encounter) -> None:
    """Each certificate that the row names beside those of its level that are registered."""
    held = m.known.certificates[m.person.pk]
    begun = [one.get_level_display() for one in held]
    met: set[Any] = set()
    for new in m.parts.get(CERTIFICATE, []):
        alike = [one for one in held if one.level == new["level"] and one.pk not in met]
        old = _the_same(alike, new)
        if old is None and alike:
            # The one that it most probably corrects.
            day = new.get("approved_on")
            old = next((c for c in alike if day and str(c.approved_on) == day), alike[0])
            answer = ask(m.row, questions.CERTIFICATE, _two(old, new), rule="R7", column="管理号")
            if answer not in (questions.LEDGER, questions.BOTH):
                continue
            if answer == questions.BOTH:
                old = None
        if old is not None:
            met.add(old.pk)
            _correct(m, old, new)
            continue
        m.add(CERTIFICATE, new)
        before = "、".join(begun)
        begun.append(CertificateLevel(new["level"]).label)
        m.show("证书", before, "、".join(begun))


def _the_same(alike: list[Certificate], new: dict[str, Any]) -> Certificate | None:
    """The certificate that a row speaks of: of its number, else one that lacks a number."""
    number = new.get("number", "")
    if number:
        found = [c for c in alike if c.number == number] + [c for c in alike if not c.number]
        return found[0] if found else None
    same_day = [c for c in alike if not _is_of_another_day(c, new)]
    return next(iter(same_day + alike), None)


def _two(old: Certificate, new: dict[str, Any]) -> str:
    level = old.get_level_display()
    return (
        f"在册已有{level}证书，管理号「{old.number}」；台账是「{new['number']}」。"
        "同一级别一般只有一本，是更正吗？"
    )


def _is_of_another_day(old: Certificate, new: dict[str, Any]) -> bool:
    """Whether a row gives another day, or the first one; none says nothing."""
    day = new.get("approved_on")
    if not day or old.approved_on is None:
        return bool(day)
    return says_otherwise(old.approved_on, day, new["approved_precision"])


def _correct(m: Encounter, old: Certificate, new: dict[str, Any]) -> None:
    """What the ledger says otherwise; a certificate that changes is to be verified anew."""
    changes: dict[str, Any] = {}
    if new.get("number") and new["number"] != old.number:
        m.show("管理号", old.number, new["number"])
        changes["number"] = new["number"]
    if _is_of_another_day(old, new):
        m.show("批准日期", old.approved_on or "日期不详", new["approved_on"])
        changes |= {c: new[c] for c in ("approved_on", "approved_precision")}
    if changes:
        anew = {
            "verification": Verification.EMPLOYER,
            "verified_by_means": "",
            "verified_on": None,
        }
        m.update(CERTIFICATE, old.pk, **changes, **anew)


def meet_education(m: Encounter) -> None:
    """Of one level: another major or another school is a change, both a further degree."""
    held = m.known.education[m.person.pk]
    begun = [one.get_level_display() for one in held]
    for new in m.parts.get(EDUCATION, []):
        alike = [one for one in held if one.level == new["level"]]
        old = min(alike, key=lambda one: len(_otherwise(one, new)), default=None)
        if old is None or all(getattr(old, c) and c in _otherwise(old, new) for c, _ in _COURSE):
            m.add(EDUCATION, new)
            before = "、".join(begun)
            begun.append(EducationLevel(new["level"]).label)
            m.show("学历", before, "、".join(begun))
            continue
        for column, label in _COURSE:
            if column in _otherwise(old, new):
                m.show(label, getattr(old, column), new[column])
                m.update(EDUCATION, old.pk, **{column: new[column]})


def meet_title(m: Encounter) -> None:
    """A title of another level, or of another series, is one more."""
    held = m.known.titles[m.person.pk]
    for new in m.parts.get(TITLE, []):
        if not any(
            one.level == new["level"] and new["series"] in (one.series, UNSAID_SERIES)
            for one in held
        ):
            m.add(TITLE, new)
            m.show("职称", "、".join(map(str, held)), Title(**_named(new)))


def _named(title: dict[str, Any]) -> dict[str, Any]:
    return {name: title[name] for name in ("series", "level")}


def _otherwise(old: Education, new: dict[str, Any]) -> list[str]:
    """Columns of the course that a row fills with something else."""
    return [c for c, _ in _COURSE if new.get(c) and new[c] != tidy_name(getattr(old, c))]
