"""What happens when a ledger row meets a person who is in the registry already."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from core.imports.comparing import hold, say
from core.models import ImportRow
from core.places import place_name
from core.resources import ImportContext
from core.scoping import in_scope
from talent.codes import (
    AWAY,
    NOT_EMPLOYED,
    REGISTERED_STATUSES,
    Employment,
    PersonStatus,
    PostKind,
    Verification,
)
from talent.models import Certificate, Education, Person, PersonState, Post

Outcome = ImportRow.Outcome
TRANSFER = "TRANSFER"
_PERSON, _STATE, _EDUCATION, _CERTIFICATE, _POST = (
    "talent.person",
    "talent.personstate",
    "talent.education",
    "talent.certificate",
    "talent.post",
)
_AS_LEDGER = "台账导入：用工性质变更"
_GONE = (PersonStatus.DECEASED, PersonStatus.MERGED)
_EITHER_NAME = {"ledger": "以台账为准", "registry": "以在册为准"}
_EITHER_POST = {"ledger": "按台账换岗", "registry": "保留在册岗位"}
_FIELDS = {
    "former_name": "曾用名",
    "ethnicity": "民族",
    "political_status": "政治面貌",
    "remark": "备注",
}


@dataclass
class _Known:
    """The people that a chunk of rows meets, with what they hold, read in sets."""

    day: datetime.date
    people: dict[bytes, Person] = field(default_factory=dict)
    states: dict[Any, PersonState] = field(default_factory=dict)
    # The earliest dated state, and the ended posts by person, employer and end.
    first: dict[Any, PersonState] = field(default_factory=dict)
    ended: dict[tuple[Any, str, datetime.date], Post] = field(default_factory=dict)
    posts: dict[Any, Post] = field(default_factory=dict)
    certificates: dict[Any, list[Certificate]] = field(default_factory=lambda: defaultdict(list))
    education: dict[Any, list[Education]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[tuple[str, str], Any] = field(default_factory=dict)


def meet(rows: list[ImportRow], context: ImportContext) -> None:
    """Decide outcome, changes and remarks of rows; see ScopedResource.compare."""
    known = _read(rows, context.day)
    seen_numbers: dict[tuple[str, str], int] = context.memory.setdefault("numbers", {})
    for row in rows:
        person = known.people.get(bytes(row.key or b""))
        if _number_is_taken(row, person, known, seen_numbers):
            continue
        if person is not None:
            row.target = person.pk
            _meet_one(row, person, known, context)


def _read(rows: list[ImportRow], day: datetime.date) -> _Known:
    known = _Known(day)
    keys = [bytes(row.key) for row in rows if row.key]
    # Province-wide on purpose (R4): whoever is met elsewhere is told by county only.
    met = Person.objects.filter(id_index__in=keys).select_related("merged_into").order_by()
    for person in met:
        # The number of a merged record leads to the kept one.
        known.people[bytes(person.id_index)] = person.merged_into or person
    ids = [person.pk for person in known.people.values()]
    for state in PersonState.objects.filter(person_id__in=ids, valid_to=None).order_by():
        known.states[state.person_id] = state
    for state in PersonState.objects.filter(person_id__in=ids).order_by("valid_from"):
        known.first.setdefault(state.person_id, state)
    for post in Post.objects.filter(person_id__in=ids).exclude(ended_on=None).order_by():
        known.ended[post.person_id, _employer(post), post.ended_on] = post
    posts = Post.objects.filter(person_id__in=ids, is_primary=True, ended_on=None)
    for post in posts.select_related("station", "organization").order_by():
        known.posts[post.person_id] = post
    for certificate in Certificate.objects.filter(person_id__in=ids, ended_on=None).order_by():
        known.certificates[certificate.person_id].append(certificate)
    for education in Education.objects.filter(person_id__in=ids, ended_on=None).order_by():
        known.education[education.person_id].append(education)
    numbers = [n for n in (_number(row)[0] for row in rows) if n]
    taken = Certificate.objects.filter(number__in=numbers, ended_on=None).order_by()
    for number, level, person_id in taken.values_list("number", "level", "person_id"):
        known.numbers[number, level] = person_id
    return known


def _number(row: ImportRow) -> tuple[str, str]:
    certificate = row.writes["insert"].get(_CERTIFICATE) or {}
    return certificate.get("number", ""), certificate.get("level", "")


def _number_is_taken(
    row: ImportRow, person: Person | None, known: _Known, seen: dict[tuple[str, str], int]
) -> bool:
    """R7: a certificate number belongs to one person."""
    number = _number(row)
    if not number[0]:
        return False
    owner = known.numbers.get(number)
    if owner is not None and (person is None or owner != person.pk):
        taken = "管理号已登记在另一人名下"
    elif (first := seen.setdefault(number, row.number)) != row.number:
        taken = f"管理号与第 {first} 行相同"
    else:
        return False
    if row.decision == "registry":
        del row.writes["insert"][_CERTIFICATE]
        say(row, f"{taken}，已选择不录这个证书。", level="I", column="管理号")
        return False
    words = {"registry": "不录这个证书，其余照录"}
    hold(row, f"{taken}，请核对证书。", rule="R7", column="管理号", choices=words)
    return True


def _meet_one(row: ImportRow, person: Person, known: _Known, context: ImportContext) -> None:
    if not in_scope(person.region_id, context.user) and not _is_whole_province(context):
        county = place_name(person.county) if person.county else "未定位"
        if person.status in _GONE:
            message = f"已在册，归属{county}，其状态不允许转入；请与该县（市、区）联系核对。"
            hold(row, message, rule="R21", column="身份证号", choices={})
            return
        message = f"已在册，归属{county}；入库时将自动申请转入，由对方确认。"
        hold(row, message, rule=TRANSFER, column="身份证号", choices={"skip": "不申请转入"})
        return
    staged = row.writes["insert"]
    if person.name != staged[_PERSON]["name"] and not _decide_name(row, person, staged):
        return
    row.writes = {"insert": {}, "update": row.writes["update"], "staged": row.writes["staged"]}
    if not _status(row, person, staged, known):
        return
    if not _post(row, person, staged, known):
        return
    _fields(row, person, staged)
    _certificate(row, person, staged, known)
    _education(row, person, staged, known)
    changed = row.writes["insert"] or row.writes["update"]
    row.outcome = Outcome.CHANGED if changed else Outcome.UNCHANGED


def _is_whole_province(context: ImportContext) -> bool:
    return len(context.user.region_id) == 2


def _decide_name(row: ImportRow, person: Person, staged: dict[str, Any]) -> bool:
    """The same ID number under two names waits for a decision."""
    new = staged[_PERSON]["name"]
    if row.decision == "ledger":
        row.diff.append(["姓名", person.name, new])
        row.writes["update"].setdefault(_PERSON, {"id": str(person.pk)}).update(
            name=new,
            pinyin=staged[_PERSON].get("pinyin", ""),
            initials=staged[_PERSON].get("initials", ""),
        )
        return True
    if row.decision == "registry":
        return True
    row.diff.append(["姓名", person.name, new])
    message = f"在册姓名是「{person.name}」，台账是「{new}」，请选择以哪个为准。"
    hold(row, message, rule="R4", choices=_EITHER_NAME)
    return False


def _update(row: ImportRow, model: str, pk: Any, label: str, old: Any, **columns: Any) -> None:
    """Note a change of some columns, shown as one line of the difference."""
    row.writes["update"].setdefault(model, {"id": str(pk)}).update(columns)
    shown = next(iter(columns.values()))
    row.diff.append([label, str(old or ""), str(shown or "")])


def _fields(row: ImportRow, person: Person, staged: dict[str, Any]) -> None:
    new = staged[_PERSON]
    for column, label in _FIELDS.items():
        if new.get(column) and new[column] != getattr(person, column):
            _update(
                row, _PERSON, person.pk, label, getattr(person, column), **{column: new[column]}
            )
    index = new.get("phone_index")
    if index and index != "\\x" + bytes(person.phone_index or b"").hex():
        row.writes["update"].setdefault(_PERSON, {"id": str(person.pk)}).update(
            phone=new["phone"], phone_index=index
        )
        row.diff.append(["联系电话", person.masked_phone, "（新号码）"])


def _status(row: ImportRow, person: Person, staged: dict[str, Any], known: _Known) -> bool:
    """A 停用 person is reactivated; who left or retired comes back when somebody says so."""
    if person.status in REGISTERED_STATUSES:
        return True
    since = staged[_STATE]["valid_from"]
    state = known.states.get(person.pk)
    if person.status != PersonStatus.DEACTIVATED:
        if person.status not in AWAY or row.decision != "ledger":
            _hold_who_is_gone(row, person)
            return False
        # A post from before the leaving does not tell the day of the return.
        since = (
            since
            if state is None or since >= state.valid_from.isoformat()
            else known.day.isoformat()
        )
        if _POST in staged:
            staged[_POST] = staged[_POST] | {"started_on": since}
    status = PersonStatus.SERVING if _POST in staged else PersonStatus.IDLE
    if state is not None:
        since = max(since, state.valid_from.isoformat())
        row.writes["update"][_STATE] = {"id": str(state.pk), "valid_to": since}
    row.writes["insert"][_STATE] = staged[_STATE] | {
        "person_id": str(person.pk),
        "status": status,
        "valid_from": since,
    }
    _update(row, _PERSON, person.pk, "状态", person.get_status_display(), status=status)
    row.diff[-1][2] = PersonStatus(status).label
    return True


def _hold_who_is_gone(row: ImportRow, person: Person) -> None:
    message, choices = f"在册状态为「{person.get_status_display()}」，请核对证件号码。", {}
    if person.status in AWAY:
        message = f"在册状态为「{person.get_status_display()}」，确已回来工作的请选择登记返回。"
        choices = {"ledger": "登记返回，按台账录入"}
    hold(row, message, rule="R21", choices=choices)


def _employer(post: Post) -> str:
    return str(post.station_id or post.organization_id)


def _post(row: ImportRow, person: Person, staged: dict[str, Any], known: _Known) -> bool:
    new = staged.get(_POST)
    if new is None:
        return True
    old = known.posts.get(person.pk)
    if old is None:
        row.writes["insert"][_POST] = new | {"person_id": str(person.pk)}
        _update(row, _PERSON, person.pk, "主岗", "", region_id=new["region_id"])
        row.diff[-1][2] = "新任职"
        if person.status == PersonStatus.IDLE:
            _serving(row, person, new, known)
        else:
            _known_since(row, person, new["started_on"], known)
        return True
    # Without a 工作单位 the ledger says nothing against the one that is registered.
    says_where = "employer" in row.shown.get("given", [])
    if not says_where or _employer(old) == (new.get("station_id") or new.get("organization_id")):
        _same_post(row, person, old, new, known)
        return True
    if row.decision == "registry":
        return True
    if new["started_on"] > old.started_on.isoformat() or row.decision == "ledger":
        since = max(new["started_on"], old.started_on.isoformat())
        row.writes["update"][_POST] = {
            "id": str(old.pk), "ended_on": since, "end_reason": "台账导入：换岗",
        }  # fmt: skip
        row.writes["insert"][_POST] = new | {"person_id": str(person.pk), "started_on": since}
        _update(row, _PERSON, person.pk, "主岗", old.employer_name, region_id=new["region_id"])
        row.diff[-1][2] = "换岗"
        return True
    message = f"在册主岗是「{old.employer_name}」且入职不早于台账，请选择是否换岗。"
    hold(row, message, rule="R14", choices=_EITHER_POST)
    return False


def _same_post(
    row: ImportRow, person: Person, old: Post, new: dict[str, Any], known: _Known
) -> None:
    """The post that is registered already: what the ledger says of it otherwise."""
    given = row.shown.get("given", [])
    if "post_kind" in given and new["kind"] != old.kind:
        _update(row, _POST, old.pk, "岗位", old.get_kind_display(), kind=new["kind"])
        row.diff[-1][2] = PostKind(new["kind"]).label
    if "started_on" in given:
        _began(row, person, old, new, known)
    if "employment" not in given or new["employment"] == old.employment:
        return
    counts_as_before = (new["employment"] in NOT_EMPLOYED) == (old.employment in NOT_EMPLOYED)
    if counts_as_before or old.started_on >= known.day:
        _update(row, _POST, old.pk, "用工性质", "", employment=new["employment"])
    else:
        # Earlier days keep what was counted: the post goes on as another row from today.
        row.writes["insert"][_POST] = new | {
            "person_id": str(person.pk),
            "kind": new["kind"] if "post_kind" in given else old.kind,
            "started_on": known.day.isoformat(),
            "started_precision": "D",
        }
        _update(
            row, _POST, old.pk, "用工性质", "",
            ended_on=known.day.isoformat(), end_reason=_AS_LEDGER,
        )  # fmt: skip
    row.diff[-1][1:] = [old.get_employment_display(), Employment(new["employment"]).label]


def _began(row: ImportRow, person: Person, old: Post, new: dict[str, Any], known: _Known) -> None:
    """A day of entry that the ledger gives otherwise, more exactly or at all."""
    first = old
    while earlier := known.ended.get((person.pk, _employer(first), first.started_on)):
        first = earlier
    said, precision = new["started_on"], new["started_precision"]
    length = {"Y": 4, "M": 7}.get(precision, 10)
    if first.started_on.isoformat()[:length] == said[:length]:
        return
    if first.ended_on is not None and said >= first.ended_on.isoformat():
        return
    _update(
        row, _POST, first.pk, "入职日期", first.started_on,
        started_on=said, started_precision=precision,
    )  # fmt: skip
    _known_since(row, person, said, known)


def _known_since(row: ImportRow, person: Person, day: str, known: _Known) -> None:
    """Whoever is registered after a post began has been there since (keeping.known_since)."""
    first = known.first.get(person.pk)
    if first is None or first.valid_from.isoformat() <= day:
        return
    written = row.writes["update"].setdefault(_STATE, {"id": str(first.pk)})
    if written["id"] == str(first.pk):
        written["valid_from"] = day


def _serving(row: ImportRow, person: Person, new: dict[str, Any], known: _Known) -> None:
    """Who was idle serves again from the day the new post begins."""
    state = known.states.get(person.pk)
    if state is None:
        return
    since = max(new["started_on"], state.valid_from.isoformat())
    row.writes["update"][_STATE] = {"id": str(state.pk), "valid_to": since}
    if state == known.first.get(person.pk):
        # Idle only because nobody had said so: she serves since the post began.
        since = new["started_on"]
    row.writes["insert"][_STATE] = row.writes["staged"]["insert"][_STATE] | {
        "person_id": str(person.pk),
        "status": PersonStatus.SERVING,
        "residence_id": state.residence_id,
        "valid_from": since,
    }
    row.writes["update"][_PERSON]["status"] = PersonStatus.SERVING


def _certificate(row: ImportRow, person: Person, staged: dict[str, Any], known: _Known) -> None:
    new = staged.get(_CERTIFICATE)
    if new is None:
        return
    number = new.get("number", "")
    for old in known.certificates[person.pk]:
        same_number = number and old.number == number
        if old.level == new["level"] and (same_number or not number or not old.number):
            if number and not old.number:
                _update(row, _CERTIFICATE, old.pk, "管理号", "", number=number, **_unverified(old))
            if not same_number:
                return
            if old.approved_on.isoformat() != new["approved_on"]:
                _update(
                    row, _CERTIFICATE, old.pk, "批准日期", old.approved_on,
                    approved_on=new["approved_on"], approved_precision=new["approved_precision"],
                    **_unverified(old),
                )  # fmt: skip
            return
    row.writes["insert"][_CERTIFICATE] = new | {"person_id": str(person.pk)}
    row.diff.append(["证书", "", Certificate(level=new["level"]).get_level_display()])


def _unverified(certificate: Certificate) -> dict[str, Any]:
    """A certificate whose content changes is to be verified anew."""
    if certificate.verification <= Verification.EMPLOYER:
        return {}
    return {"verification": Verification.EMPLOYER, "verified_by_means": "", "verified_on": None}


def _education(row: ImportRow, person: Person, staged: dict[str, Any], known: _Known) -> None:
    new = staged.get(_EDUCATION)
    if new is None:
        return
    for old in known.education[person.pk]:
        if old.level == new["level"] and (
            not new.get("major") or not old.major or old.major == new["major"]
        ):
            for column, label in (("major", "专业"), ("school", "毕业院校")):
                if new.get(column) and not getattr(old, column):
                    _update(row, _EDUCATION, old.pk, label, "", **{column: new[column]})
            return
    row.writes["insert"][_EDUCATION] = new | {"person_id": str(person.pk)}
    row.diff.append(["学历", "", Education(level=new["level"]).get_level_display()])
