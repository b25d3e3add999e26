"""People: their list, pages and verbs."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html

from core.attachments.owners import own_people_are
from core.dates import days_left, today
from core.entities.columns import Column
from core.entities.declarations import NOBODY, OTHER, Action, Related, Section
from core.entities.display import label_of, record_url
from core.entities.entity import Entity
from core.entities.forms import FreeTextField, NoteField
from core.entities.forms.actions import DeactivationForm, ReasonForm
from core.entities.pages.record import DetailPage
from core.secrecy.numbers import Secret
from talent.codes import (
    AWAY,
    MAY_SERVE,
    REGISTERED_STATUSES,
    PersonStatus,
)
from talent.colours import PERSON, VERIFICATION
from talent.credentials.models import RegistrationPeriod
from talent.moves.actions import request_transfer_out
from talent.moves.forms import TransferOutForm
from talent.own.records import own_ids
from talent.people import actions, forms
from talent.people.actions import GONE
from talent.people.filters import (
    EDUCATION,
    FIELD,
    HOLDING,
    LEVEL,
    MISSING,
    POST,
    SOURCE,
    STATION,
    TITLE,
    WHAT_IS_MISSING,
)
from talent.people.finding import named_by, search_people
from talent.people.held import CERTIFICATE, EMPLOYER, GATHERED, HIDDEN
from talent.people.known import county_of_registered
from talent.people.ledger import PEOPLE_LEDGER
from talent.people.merging import merge_person
from talent.people.models import Person
from talent.posts.actions import open_primary, reassign
from talent.posts.forms import ReassignForm
from talent.waiting import waiting_of

_WITHOUT_POST = "没有在任的岗位，不计入「社工人才」。在岗的请在「任职」中添加。"
_LEAVES = "次日起不再计入，未结束的岗位同时离岗，档案保留。"
# Named on the record's page while they are not filled in.
_WANTED = ("phone", "birth_date", "native_place", "household_place", "sources")


class PersonPage(DetailPage):
    def detail_context(self, record: Any) -> dict[str, Any]:
        context = super().detail_context(record)
        user = self.request.user
        context["headline"] += self._left(record)
        if record.status in MAY_SERVE:
            context["headline"].append({"label": "登记", "value": self._registration(record)})
        context["sections"][0]["facts"] += self._merged(record)
        may_reveal = user.has_perm("talent.reveal_person")
        return context | {
            "reveal_url": self.entity.url("reveal", record) if may_reveal else "",
            "perms_activate": user.has_perm("talent.activate_person")
            and record.status not in (*GONE, PersonStatus.DEACTIVATED),
            "missing": self._missing(record),
            "advice": _WITHOUT_POST if self._has_no_post(record) else "",
        }

    def _left(self, record: Any) -> list[dict[str, Any]]:
        """Since when somebody is no longer there, and what says so."""
        if record.status not in (*AWAY, PersonStatus.DECEASED):
            return []
        state = record.states.filter(valid_to=None).first()
        last_day = state.valid_from - datetime.timedelta(days=1)
        label = {PersonStatus.DECEASED: "死亡日期", PersonStatus.RETIRED: "退休日期"}
        found = [{"label": label.get(record.status, "离省日期"), "value": f"{last_day}"}]
        return [*found, {"label": "依据", "value": state.proof or state.reason}]

    def _missing(self, record: Any) -> list[str]:
        """What is still to be filled in; of who is gone nothing is asked."""
        if record.status not in MAY_SERVE:
            return []
        return [label_of(record, n) for n in _WANTED if not getattr(record, n)]

    def _has_no_post(self, record: Any) -> bool:
        return self.reach.rows().filter(MISSING["post"], pk=record.pk).exists()

    def _merged(self, record: Any) -> list[dict[str, Any]]:
        """The kept record of a duplicate, or the numbers of the duplicates of a kept one."""
        people = self.reach.rows()
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
        periods = RegistrationPeriod.objects.for_user(self.request.user)
        latest = periods.filter(person=record, ended_on=None).order_by("-ends_on").first()
        if latest is None:
            return ""
        if latest.ends_on < today():
            return f"{latest.get_state_display()}，有效至 {latest.ends_on:%Y-%m-%d}"
        return f"有效至 {latest.ends_on:%Y-%m-%d}，{days_left(latest.ends_on)}"


def elsewhere(secret: Secret, user: Any) -> dict[str, Any]:
    """Of an ID number that the own area does not have: the county, and the way to ask (R4)."""
    if secret.kind != "id_number":
        return {}
    may_ask = user.has_perm("talent.transfer_person")
    return {
        "elsewhere": county_of_registered(secret.value),
        "transfer_url": reverse("transferrequest_create") if may_ask else "",
    }


def _status(*statuses: str) -> Any:
    return lambda person: person.status in statuses


def _is_here(person: Person) -> bool:
    return person.status not in GONE


def _may_move(person: Any) -> bool:
    return _is_here(person) and not person.transfers.pending().exists()


own_people_are(own_ids)
PEOPLE = Entity(
    model=Person,
    prefix="people/",
    api="people",
    unit="人",
    icon="users",
    person="pk",
    files="简历 荣誉证书 培训证书 其他证明",
    sections=(
        Section("身份", "name former_name id_type id_number sex birth_date ethnicity "
                       "ethnicity_word"),
        Section("联系与地区", "phone address residence native_place household_place"),
        Section("人才信息", "category sources service_fields political_status remark"),
    ),
    columns=(
        Column("name", sort=("pinyin",), served=True),
        "sex masked_id_number masked_phone region*",
        EMPLOYER,
        CERTIFICATE,
        "status*",
        *HIDDEN,
        "birth_date? ethnicity? category? verification?",
        Column("number", css="mono", optional=True),
        Column("updated_at", "更新日期", optional=True),
        Column("created_at", "建档日期", optional=True),
    ),
    filters=("region", STATION, "status", HOLDING, LEVEL, POST, EDUCATION, TITLE, "category",
             SOURCE, FIELD, "verification", WHAT_IS_MISSING),
    current=~Q(status__in=[PersonStatus.DEACTIVATED, PersonStatus.MERGED]),
    current_by="status",
    search=search_people,
    search_hint="姓名、拼音、人才编号、证件号、电话、证书号",
    empty_hint="可以逐个新增，也可以把现有的花名册直接导入。",
    found_by=named_by,
    elsewhere=elsewhere,
    is_searched=True,
    state="status",
    colours={"status": PERSON, "verification": VERIFICATION},
    labels={"masked_id_number": "证件号码", "masked_phone": "联系电话", "status": "状态"},
    headline="sex birth_date masked_id_number region",
    found_facts="masked_id_number region",
    aside="number verification confirmed_on data_source created_at updated_at",
    gathered=GATHERED,
    select_related=("region", "residence"),
    form=forms.PersonForm,
    form_fields={"address": FreeTextField, "remark": NoteField},
    ledger=PEOPLE_LEDGER,
    create=actions.create_person,
    update=actions.update_person,
    # What a duplicate says stands with the kept record.
    is_open=lambda person: person.status != PersonStatus.MERGED,
    may_grow=_status(*MAY_SERVE),
    dated="states",
    tasks=waiting_of,
    # What was asked about her, and what became of it item by item.
    logged="changerequests transfers",
    api_extra="region",
    api_without="address",
    pages={"detail": PersonPage},
    templates={"detail": "talent/person_detail.html"},
    related=(
        Related("任职", "posts",
                "employer_name region kind employment is_primary started_on ended_on",
                told="employer_name region started_on ended_on",
                add_label="添加任职"),
        Related("在岗确认", "rosterlines", "roster answer last_day returned_on", can_add=False,
                empty="用人单位还没有确认过。"),
        Related("证书", "certificates", "level approved_on issuer verification",
                add_label="添加证书"),
        Related("登记", "registrationperiods", "kind starts_on ends_on state",
                add_label="添加登记"),
        Related("学历", "educations", "level degree school major graduated_on",
                add_label="添加学历"),
        Related("职称", "titles", "series level obtained_on", add_label="添加职称"),
        Related("重点人才认定", "keytalentclaims", "claim_class qualified_on native_basis state",
                add_label="申报"),
    ),
    actions=(
        Action("confirm", "确认在册", None, actions.confirm_person, "talent.change_person",
               when=_status(*REGISTERED_STATUSES), icon="circle-check", in_bulk=True,
               consequence="确认档案内容至今日仍然属实。", done="已确认，确认日期为今天。"),
        Action("move", "变更常住地", forms.MoveForm, actions.move_residence,
               "talent.change_person", when=_is_here, icon="map-pin"),
        Action("reassign", "调岗", ReassignForm, reassign, "talent.end_post",
               when=lambda p: open_primary(p) is not None, icon="briefcase", is_primary=True,
               consequence="原主岗到前一天为止，新岗位自到岗日期起，一步办完。"),
        Action("transfer-out", "转出", TransferOutForm, request_transfer_out,
               "talent.transfer_person", when=_may_move, icon="arrows-exchange", undo=NOBODY,
               consequence="对方同意后，该人员的原岗位结束，档案归对方。", done="已提交转出申请。"),
        Action("leave", "离省", forms.LeaveForm, actions.leave_province, "talent.end_person",
               when=_status(*REGISTERED_STATUSES, PersonStatus.RETIRED), consequence=_LEAVES,
               icon="logout", is_serious=True),
        Action("retire", "退休", forms.RetireForm, actions.retire_person, "talent.end_person",
               when=_status(*REGISTERED_STATUSES), icon="clock", is_serious=True,
               consequence="次日起不再计入，勾选继续任职的除外。"),
        Action("return", "返回", forms.ReturnForm, actions.return_person, "talent.end_person",
               icon="refresh", when=_status(*AWAY), consequence="从返回日期起重新在库。"),
        Action("death", "登记死亡", forms.DeathForm, actions.record_death, "talent.end_person",
               when=_is_here, is_serious=True, icon="user-off",
               undo=OTHER, undone=actions.reopen_account,
               consequence="次日起不再计入；岗位和登记同时结束，账号停用。30 天内可由另一人撤销。"),
        Action("deactivate", "停用", DeactivationForm, actions.deactivate_person,
               "talent.end_person", when=_status(*REGISTERED_STATUSES, *AWAY), is_serious=True,
               icon="ban", undone=actions.reopen_account,
               consequence="档案保留，可以恢复。误录的，以前各天也不再计入。"),
        Action("merge", "合并", forms.MergeForm, merge_person, "talent.merge_person",
               when=_is_here, is_serious=True, icon="users",
               consequence="用于同一人有两份档案。这份档案的任职、证书等并入保留的档案，"
                           "两个证件号码都能查到保留的档案。30 天内可由另一人撤销。",
               undo=OTHER, undone=actions.reopen_account),
        Action("reactivate", "恢复", ReasonForm, actions.reactivate_person, "talent.end_person",
               when=_status(PersonStatus.DEACTIVATED), is_primary=True,
               consequence="从今天起重新在库。停用时结束的任职不会恢复，请重新添加；停用本身是误办的，"
                           "30 天内请用「撤销」，任职一并还原。",
               done="已恢复。停用时结束的任职不会恢复，请核对。"),
    ),
)  # fmt: skip
