"""A person moves to another county: one side asks, the other decides, or 15 days pass.

The asking side of a transfer in names the person by ID number and learns only the county.
"""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.db import transaction

from core.dates import parse_date, today
from core.decisions import actions as decisions
from core.decisions.kinds import DecisionKind
from core.decisions.models import State
from core.entities.display import record_url
from core.guards import FORBIDDEN, claim, locked, require, touch
from core.models import Region, User
from core.notices.actions import notify
from core.regions.names import place_name
from core.rules import RuleError
from core.scoping import OutOfScope, in_scope
from core.secrecy.crypto import blind_index
from core.secrecy.identity import check_id_number
from stations.models import Organization, Station
from stations.places.named import create_planned
from talent.codes import Employment, PersonStatus, PostKind
from talent.moves.models import TransferRequest
from talent.people.models import Person
from talent.people.states import change_state, keep_primary, locate
from talent.posts.models import Post

_IMMOVABLE = (PersonStatus.DECEASED, PersonStatus.MERGED)


# --- Ask ------------------------------------------------------------------------------------
@transaction.atomic
def request_transfer_in(
    *,
    id_number: str,
    to_region: Region,
    by: User,
    reason: str,
    id_type: str = "1",
    post: dict[str, Any] | None = None,
) -> TransferRequest:
    """Ask for a person of another county by ID number; the origin decides.

    Raises RuleError: not registered (create instead), already in the own area.
    """
    require(by, "talent.transfer_person")
    number = check_id_number(id_number, id_type=id_type).number
    index = blind_index(number, purpose="id_number")
    person = Person.objects.select_for_update(of=("self",)).filter(id_index=index).first()
    if person is None:
        raise RuleError("R4", "该证件号码未在册，请直接新增人员。", field="id_number")
    if in_scope(person.region_id, by):
        raise RuleError("R4", "该人员已在您的辖区，不需要转入。", field="id_number")
    if not in_scope(to_region.code, by):
        raise OutOfScope("转入地不在您的辖区，请改选。")
    return _ask(person, "in", to_region, by=by, reason=reason, post=post)


@transaction.atomic
def request_transfer_out(
    *, person: Person, to_region: Region, by: User, reason: str
) -> TransferRequest:
    """Ask another county to take over a person of the own area; the destination decides."""
    person = claim(person, by, "talent.transfer_person")
    if in_scope(to_region.code, by):
        message = "转入地在您的辖区内，请直接修改任职或常住地。"
        raise RuleError("SCOPE", message, field="to_region")
    return _ask(person, "out", to_region, by=by, reason=reason, post=None)


def _ask(
    person: Person,
    direction: str,
    to_region: Region,
    *,
    by: User,
    reason: str,
    post: dict[str, Any] | None,
) -> TransferRequest:
    if person.status in _IMMOVABLE:
        raise RuleError("STATE", "该人员状态不允许转移，请与其所在县（市、区）联系核对。")
    if to_region.level < Region.Level.COUNTY or to_region.valid_to is not None:
        raise RuleError("SCOPE", "请选到现行的县（市、区）或乡镇（街道）。", field="to_region")
    if person.transfers.pending().exists():
        raise RuleError("STATE", "该人员已有待处理的转入转出申请，请等待处理结果。")
    request = TransferRequest(
        person=person,
        from_region_id=person.region_id or person.residence_id,
        to_region=to_region,
        direction=direction,
        post=post or {},
        reason=reason,
    )
    asked: TransferRequest = decisions.ask(TRANSFER, request, by=by)
    return asked


# --- Decide ---------------------------------------------------------------------------------
def accept_transfer(*, request: TransferRequest, by: User, reason: str = "", **post: Any) -> None:
    """The other side agrees: the person moves today, and takes up the post that it names
    (station or organization, kind, employment) instead of one that was proposed."""
    decisions.decide(TRANSFER, request, by=by, reason=reason, post=post)


def refuse_transfer(*, request: TransferRequest, by: User, reason: str) -> None:
    """The other side refuses and says why; nothing moves."""
    decisions.decide(TRANSFER, request, by=by, state=State.REFUSED, reason=reason)


@transaction.atomic
def withdraw_transfer(*, request: TransferRequest, by: User, reason: str = "") -> None:
    """The asking side takes the request back."""
    request = claim(request, by, "talent.transfer_person")
    if not is_asking(request, by):
        raise OutOfScope("只有申请方可以撤回。")
    decisions.withdraw(TRANSFER, request, by=by, reason=reason)


def is_asking(request: TransferRequest, user: User) -> bool:
    """Whether a user is of the side that asked."""
    return in_scope(request.asking_region_id, user)


# --- Move -----------------------------------------------------------------------------------
def _move(
    request: TransferRequest, *, by: User | None, reason: str, post: dict[str, Any] | None = None
) -> None:
    """End the posts outside the destination county (between two townships of one county,
    outside the township), reside there, take up the proposed post."""
    request.person = person = locked(request.person)
    if person.status in _IMMOVABLE:
        raise RuleError("STATE", "该人员已去世或合并，不能转移。")
    if request.is_overtaken:
        words = "该人员已归属另一个县（市、区），这件申请不能再办，请申请方撤回后重新申请。"
        raise RuleError("STATE", words)
    if named := _named_post(request, post or {}):
        request.post = named
        request.save(update_fields=["post"])
    day, county = today(), request.to_region_id[:6]
    inside = request.to_region_id if person.county == county else county
    staying = person.posts.unended().filter(region__code__startswith=inside)
    leaving = person.posts.unended().exclude(pk__in=staying.values("pk"))
    leaving.end_all(on=day, reason="转出")
    begun = _proposed_post(request, person, day)
    if begun is not None:
        begun.save(force_insert=True)
    values: dict[str, Any] = {"status": _status_after(person)}
    if not (person.residence_id or "").startswith(request.to_region_id):
        values["residence_id"] = request.to_region_id
    change_state(person, on=day, reason="转移", replace_later=True, **values)
    touch(person, "status", "residence")
    keep_primary(person, on=day, reason="转入")
    locate(person)
    if request.direction == "out":
        _tell_arrival(request, county)


def _tell_arrival(request: TransferRequest, county: str) -> None:
    """The county that did not ask for somebody, and now keeps her record."""
    is_idle = request.person.status == PersonStatus.IDLE
    words: dict[str, Any] = {
        "text": "已转入，没有任职，请添加" if is_idle else "已转入，请核对任职",
        "link": record_url(request.person),
    }
    notify(key=f"transfer-arrived:{request.pk}", **words, **_to_keepers(request, county))


def _to_keepers(request: TransferRequest, county: str) -> dict[str, Any]:
    """Whom and what a message is about, and those in a county who keep its records."""
    return {
        "record": request,
        "region": county,
        "permission": "talent.add_post",
        "subject": request.person.name,
        "person": request.person_id,
    }


def _asked(request: TransferRequest) -> dict[str, Any] | None:
    """The county that is to take somebody over; of who is asked for its reviewers hear."""
    if request.direction == "in":
        return None
    origin = place_name((request.from_region_id or "")[:6])
    words = {"text": f"{origin}申请转来，由审核员处理", "due_on": request.due_on}
    return words | _to_keepers(request, request.to_region_id[:6])


def _named_post(request: TransferRequest, given: dict[str, Any]) -> dict[str, Any]:
    """The post that who accepts names, as a request keeps it; {} where none is named."""
    places = {name: given.get(name) for name in ("station", "organization")}
    for name, place in places.items():
        if place is not None and not place.region_id.startswith(request.to_region_id[:6]):
            where = place_name(request.to_region_id[:6])
            raise RuleError("SCOPE", f"「{place}」不在{where}，请改选转入地的。", field=name)
    if not any(places.values()):
        return {}
    return {
        **{name: str(place.pk) for name, place in places.items() if place is not None},
        "kind": given.get("kind", ""),
        "employment": given.get("employment", ""),
    }


def _effect(request: TransferRequest) -> str:
    place = place_name(request.to_region_id)
    last_day = today() - datetime.timedelta(days=1)
    return f"该人员在转出地的岗位最后在岗日为 {last_day:%Y-%m-%d}，档案归{place}。"


def _message(request: TransferRequest) -> dict[str, Any]:
    """What became of it; whom it was about only where that side may know (R4)."""
    has_moved = request.state in (State.GRANTED, State.DEFAULTED)
    is_known = has_moved or request.direction == "out"
    why = f"：{request.decision_reason}" if request.decision_reason else ""
    return {
        "text": f"{request.get_direction_display()}{request.get_state_display()}{why}",
        "subject": request.person.name if is_known else "",
        "person": request.person_id if is_known else None,
    }


TRANSFER = DecisionKind(
    code="transfers",
    model=TransferRequest,
    permission="talent.decide_transferrequest",
    grant=_move,
    effect=_effect,
    asked=_asked,
    message=_message,
    days=15,
    grants_by_default=True,
    own="不能处理自己提交的申请，请由对方审核员处理。",
    elsewhere=f"这件申请由对方处理。{FORBIDDEN}",
    why="请写明不同意的理由，对方可以看到。",
    waiting="待处理的转入转出申请",
    hint="15 天内不处理将自动同意",
    told="有结果的转入转出",
    told_hint="近 15 天对方已处理，或到期自动同意",
    task="转入转出待处理",
)


def _status_after(person: Person) -> str:
    """In service with a post; who has retired and takes none up stays retired."""
    if person.posts.unended().exists():
        return PersonStatus.SERVING
    is_retired = person.status == PersonStatus.RETIRED
    return PersonStatus.RETIRED if is_retired else PersonStatus.IDLE


def _proposed_post(request: TransferRequest, person: Person, day: datetime.date) -> Post | None:
    """The post named in the request, None where its place is not (or no longer) there."""
    given = request.post
    station = _find(Station.objects.open(), given.get("station"), request.to_region_id)
    organization = _find(
        Organization.objects.filter(ended_on=None), given.get("organization"), request.to_region_id
    )
    if not (station or organization) and (planned := given.get("planned")):
        station, organization = _created(planned, request.to_region_id)
    employer = station or organization
    if employer is None:
        return None
    started = parse_date(given.get("started_on"), label="入职日期")
    has_primary = person.posts.unended().filter(is_primary=True).exists()
    return Post(
        person=person,
        station=station,
        organization=organization,
        region_id=employer.region_id,
        kind=_one_of(PostKind, given.get("kind"), PostKind.FRONTLINE),
        employment=_one_of(Employment, given.get("employment"), Employment.AGENCY),
        is_primary=not has_primary,
        started_on=max(started.day, day) if started else day,
    )


def proposed(request: TransferRequest) -> list[tuple[str, str]]:
    """The post that comes with the transfer, as (label, words); [] where none was named."""
    given = request.post
    place = _find(Station.objects.open(), given.get("station"), request.to_region_id) or _find(
        Organization.objects.filter(ended_on=None), given.get("organization"), request.to_region_id
    )
    name = str(place or given.get("planned", {}).get("name", ""))
    if not name:
        return []
    kind = PostKind(_one_of(PostKind, given.get("kind"), PostKind.FRONTLINE))
    employment = Employment(_one_of(Employment, given.get("employment"), Employment.AGENCY))
    return [
        ("拟任职单位", name),
        ("岗位", str(kind.label)),
        ("用工性质", str(employment.label)),
    ]


def _created(place: dict[str, Any], region_code: str) -> tuple[Any, Any]:
    """Station and organisation, one of them None: a place that a ledger named and that was
    unknown, as it is created for the people whom the ledger enters."""
    key = create_planned([place]).get(place["id"], place["id"])
    if place["column"] == "station_id":
        return _find(Station.objects.open(), key, region_code), None
    return None, _find(Organization.objects.filter(ended_on=None), key, region_code)


def _one_of(codes: Any, value: Any, default: str) -> str:
    return str(value) if value in codes.values else default


def _find(rows: Any, given: Any, region_code: str) -> Any:
    """A station or organisation of the destination county by id, else by its only name."""
    if not given:
        return None
    inside = rows.filter(region__code__startswith=region_code[:6])
    try:
        return inside.filter(pk=uuid.UUID(str(given))).first()
    except ValueError:
        found = list(inside.filter(name=str(given))[:2])
        return found[0] if len(found) == 1 else None
