"""Pages of people."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from core.dates import today
from core.entities.display import label_of, record_url
from core.entities.pages import EntityView, Related, Section
from core.models import ReadEvent
from core.national import is_known_division, place_label
from core.rules import RuleError
from core.secrecy.crypto import blind_index
from core.secrecy.identity import SEXES, check_id_number
from core.secrecy.numbers import Secret
from core.templatetags.shell import days_left
from talent import kinds, verbs
from talent.actions.people import GONE, create_person, registered_message, update_person
from talent.codes import PersonStatus
from talent.filters import PersonFilter
from talent.filters.people import MISSING
from talent.forms import PersonForm
from talent.keeping import county_of_registered, kept_for
from talent.models import Certificate, Person, Post, RegistrationPeriod
from talent.tables import PersonTable
from talent.waiting import waiting_of


def named_by(secret: Secret, *, path: str = "") -> Q:
    """The person whom an ID number, phone or certificate number names, at a path ("person__")."""
    if secret.kind == "certificate":
        held = Certificate.objects.filter(person=OuterRef(f"{path}pk"), number=secret.value)
        return Q(Exists(held))
    index = blind_index(secret.value, purpose=secret.kind)
    if secret.kind == "phone":
        return Q(**{f"{path}phone_index": index})
    kept = kept_for(index)
    return Q(**({f"{path}id_index": index} if kept is None else {f"{path}pk": kept}))


_WITHOUT_POST = "没有在任的岗位，不计入「社工人才」。在岗的请在「任职」中添加。"


class PersonView(EntityView):
    model = Person
    unit = "人"
    icon = "users"
    table = PersonTable
    filterset = PersonFilter
    form = PersonForm
    person_path = "pk"
    # As a plain list: a manager a row costs an export a tenth of its time.
    prefetch = (Prefetch("certificates", to_attr="held_certificates"),)
    select_related = ("region", "residence")
    search_hint = "姓名、拼音、首字母、证件号、电话、证书号"
    empty_hint = "可以逐个新增，也可以把现有的花名册直接导入。"
    templates = {"detail": "talent/person_detail.html"}
    state_field = "status"
    state_kinds = kinds.PERSON
    headline = ("sex", "birth_date", "masked_id_number", "region")
    found_facts = ("masked_id_number", "region")
    labels = {"masked_id_number": "证件号码"}
    actions = verbs.PERSON
    sections = (
        Section(
            "基本信息",
            ("name", "former_name", "id_type", "id_number", "sex", "birth_date", "ethnicity",
             "political_status", "phone", "address", "native_place", "household_place",
             "residence"),
        ),
        Section("人才信息", ("category", "sources", "service_fields", "remark")),
    )  # fmt: skip
    related = (
        Related(
            "任职", "posts", "post",
            ("employer_name", "kind", "employment", "is_primary", "started_on", "ended_on"),
            add_label="添加任职",
        ),
        Related("证书", "certificates", "certificate",
                ("level", "approved_on", "issuer", "verification"), add_label="添加证书"),
        Related("登记", "registrationperiods", "registrationperiod",
                ("kind", "starts_on", "ends_on", "state"), add_label="添加登记"),
        Related("学历", "educations", "education",
                ("level", "degree", "school", "major", "graduated_on"), add_label="添加学历"),
        Related("职称", "titles", "title", ("series", "level", "obtained_on"),
                add_label="添加职称"),
        Related("重点人才认定", "keytalentclaims", "keytalentclaim",
                ("claim_class", "qualified_on", "native_basis", "state"), add_label="申报"),
    )  # fmt: skip
    aside = ("number", "verification", "confirmed_on", "data_source", "created_at", "updated_at")

    def secret_condition(self, secret: Secret) -> Any:
        return named_by(secret)

    def save_new(self, record: Any, form: Any) -> Any:
        return create_person(person=record, by=self.request.user)

    def save_changes(self, record: Any, form: Any) -> None:
        update_person(person=record, by=self.request.user)

    def _list_context(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super()._list_context(*args, **kwargs)
        secret = args[3]
        if secret is not None and not context["count"]:
            context |= self.elsewhere(secret)
        return context

    def elsewhere(self, secret: Secret) -> dict[str, Any]:
        if secret.kind != "id_number":
            return {}
        may_ask = self.request.user.has_perm("talent.transfer_person")
        return {
            "elsewhere": county_of_registered(secret.value),
            "transfer_url": address_of("transferrequest_create") if may_ask else "",
        }

    def detail_context(self, record: Any) -> dict[str, Any]:
        context = super().detail_context(record)
        context["headline"].append({"label": "登记", "value": self._registration(record)})
        context["sections"][0]["facts"] += self._merged(record)
        wanted = ("phone", "birth_date", "native_place", "household_place", "sources")
        return context | {
            "reveal_url": self._reveal_url(record),
            "perms_activate": self.request.user.has_perm("talent.activate_person")
            and record.status not in (*GONE, PersonStatus.DEACTIVATED),
            "missing": [label_of(record, n) for n in wanted if not getattr(record, n)],
            "advice": _WITHOUT_POST if self._has_no_post(record) else "",
        }

    def _has_no_post(self, record: Any) -> bool:
        people = Person.objects.for_user(self.request.user)
        return people.filter(MISSING["post"], pk=record.pk).exists()

    def related_context(self, record: Any, related: Related) -> dict[str, Any]:
        context = super().related_context(record, related)
        if related.entity == "post":
            hidden = (
                record.posts.count()
                - Post.objects.for_user(self.request.user).filter(person=record).count()
            )
            if hidden:
                context["elsewhere"] = f"另有 {hidden} 条任职在其他地区，由那里登记和查看。"
        return context

    def is_editable(self, record: Any) -> bool:
        """What a duplicate says stands with the kept record."""
        return record.status != PersonStatus.MERGED and super().is_editable(record)

    def tasks(self, record: Any) -> list[dict[str, Any]]:
        return waiting_of(record, self.request.user)

    def _merged(self, record: Any) -> list[dict[str, Any]]:
        """The kept record of a duplicate, or the numbers of the duplicates of a kept one."""
        people = Person.objects.for_user(self.request.user)
        facts = [
            {
                "label": "合并到",
                "value": format_html(
                    '<a href="{}">{}</a>，人才编号 {}', record_url(kept), kept.name, kept.number
                ),
                "wide": True,
            }
            for kept in people.filter(pk=record.merged_into_id)
        ]
        numbers = [alias.masked_id_number for alias in people.filter(merged_into=record)]
        if numbers:
            value = "、".join(numbers)
            facts.append({"label": "已合并的证件号码", "value": value, "wide": True})
        return facts

    def _registration(self, record: Any) -> str:
        """「有效至 2026-05-31，还有 40 天」 for the latest registration in use."""
        latest = (
            RegistrationPeriod.objects.for_user(self.request.user)
            .filter(person=record, ended_on=None)
            .order_by("-ends_on")
            .first()
        )
        if latest is None:
            return ""
        if latest.ends_on < today():
            return f"已于 {latest.ends_on:%Y-%m-%d} 到期"
        return f"有效至 {latest.ends_on:%Y-%m-%d}，{days_left(latest.ends_on)}"

    def _reveal_url(self, record: Any) -> str:
        may_reveal = self.request.user.has_perm("talent.reveal_person")
        return address_of("person_reveal", pk=record.pk) if may_reveal else ""


def address_of(name: str, **kwargs: Any) -> str:
    """An address by its name, "" where the product does not have the page."""
    try:
        return reverse(name, kwargs=kwargs or None)
    except NoReverseMatch:
        return ""


def _registered(number: str, user: Any) -> dict[str, Any]:
    """The own record of an ID number, or of anybody else's no more than the county (R4)."""
    secret = Secret("id_number", number, "证件号")
    own = Person.objects.for_user(user).filter(named_by(secret)).first()
    if own is not None:
        ReadEvent.record(user=user, kind=ReadEvent.Kind.SEARCH, people=[own.pk], entity="person")
        return {"own": own, "comes_back": own.status == PersonStatus.DEACTIVATED}
    county = county_of_registered(number)
    return {"registered": "" if county is None else registered_message(county)}


@require_POST
def id_number_check(request: HttpRequest) -> HttpResponse:
    """What a typed ID number tells at once: birth date, sex, a hint, already registered."""
    user: Any = request.user
    if not (user.has_perm("talent.add_person") or user.has_perm("talent.change_person")):
        raise PermissionDenied
    number = request.POST.get("id_number", "").strip()
    context: dict[str, Any] = {}
    if number:
        try:
            identity = check_id_number(number, id_type=request.POST.get("id_type") or "1")
            context |= _registered(identity.number, user)
            context |= {
                "identity": identity,
                "sex_label": dict(SEXES).get(identity.sex, ""),
                "hint": place_label(identity.region_prefix)
                if is_known_division(identity.region_prefix)
                else "",
            }
        except RuleError as error:
            context["refusal"] = str(error)
    return render(request, "talent/id_number_check.html", context)
