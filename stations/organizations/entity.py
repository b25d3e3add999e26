"""Organisations: their list, pages and form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from core.dates import check_not_future, today
from core.entities.columns import Column
from core.entities.declarations import Action, Related, Section, reactivation
from core.entities.entity import Entity
from core.entities.filters import ENDED, Chosen
from core.entities.forms.actions import DeactivationForm
from core.entities.forms.fields import LastDayField
from core.rules import Answers, Flag
from core.secrecy.identity import check_credit_code
from core.secrecy.numbers import Secret
from stations.organizations.actions import end_organization, update_organization
from stations.organizations.ledger import ORGANIZATIONS_LEDGER
from stations.organizations.models import Organization


def check(organization: Organization) -> Iterable[Flag]:
    answers = Answers()
    answers.ask(_clean_credit_code, organization)
    if organization.parent_id and organization.parent_id == organization.pk:
        answers.refuse("ORG", "主管单位不能是自己。", field="parent")
    begun, ended = organization.registered_on, organization.deregistered_on
    if begun and ended and ended < begun:
        answers.refuse("ORG", "注销日期不能早于登记日期。", field="deregistered_on")
    for field, label in (("registered_on", "登记日期"), ("deregistered_on", "注销日期")):
        answers.ask(check_not_future, getattr(organization, field), label=label, field=field)
    return answers.settle()


def _clean_credit_code(organization: Organization) -> None:
    organization.credit_code = check_credit_code(organization.credit_code or "")


def by_credit_code(secret: Secret) -> Q:
    """A credit code may look like an ID number."""
    return Q(credit_code=secret.value)


def search(text: str, filterset: Any) -> Q:
    return Q(name__contains=text) | Q(credit_code=text.upper())


ORGANIZATIONS = Entity(
    model=Organization,
    prefix="organizations/",
    api="organizations",
    unit="家",
    icon="building",
    files="登记证书 章程 评估等级证书",
    sections=(
        Section("机构", "name kind system credit_code region parent is_lead registration_level "
                       "registered_on deregistered_on"),
        Section("党建、评估与税收", "party_branch rating rated_until tax_exempt tax_exempt_until "
                                 "deductible deductible_until"),
        Section("联系", "address contact_phone is_incomplete ended_on true_until end_reason"),
    ),
    columns=(
        "name kind* region*",
        Column("credit_code", css="mono"),
        "contact_phone registration_level? system? parent__name? registered_on?",
        "deregistered_on? party_branch? rating? rated_until? tax_exempt? tax_exempt_until?",
        "deductible? deductible_until? address?",
        Column("is_incomplete", "档案", colours={True: "attention"},
               words={True: "待完善", False: "完整"}, card=True),
        Column("updated_at", "更新日期"),
    ),
    filters=(
        "region kind",
        Chosen("incomplete", "档案", {"1": ("待完善", Q(is_incomplete=True))}),
        "system registration_level party_branch rating",
        Chosen("rated", "评估等级有效期",
               {"no": ("已过期", lambda: Q(rated_until__lt=today())),
                "yes": ("在有效期内", lambda: Q(rated_until__gte=today()))}),
        "tax_exempt deductible is_lead",
        ENDED,
    ),
    search=search,
    search_hint="机构名称、信用代码",
    found_by=by_credit_code,
    is_searched=True,
    is_looked_up=True,
    headline="kind region credit_code",
    found_facts="kind region",
    select_related=("region", "parent"),
    form_fields=dict.fromkeys(
        ("rated_until", "tax_exempt_until", "deductible_until"), LastDayField
    ),
    check=check,
    ledger=ORGANIZATIONS_LEDGER,
    update=update_organization,
    related=(
        Related("在岗确认单", "rosters", "serial as_of count state returned_on",
                add_label="出确认单", empty="还没有出过单；在站点任职的人在站点的单上。"),
        Related("承接的站点", "stations", "name kind region status", can_add=False),
        Related("承接的项目", "contracts", "name contract_amount started_on stage", can_add=False),
        Related("购买的项目", "purchases", "name contract_amount started_on stage", can_add=False),
    ),
    actions=(
        Action("end", "停用", DeactivationForm, end_organization,
               "stations.end_organization", when=lambda o: o.ended_on is None, is_serious=True,
               consequence="直接在该机构的岗位随之离岗。仍承接站点的，请先处理站点。"),
        reactivation("stations.end_organization"),
    ),
)  # fmt: skip
