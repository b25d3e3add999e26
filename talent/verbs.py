"""The verbs offered on people and their records: names, forms, permissions, when."""

from __future__ import annotations

from typing import Any

from core.entities.forms.actions import ReasonForm
from core.entities.pages import Action
from talent import actions
from talent.actions.people import GONE
from talent.actions.posts import counties_in_conflict
from talent.codes import (
    AWAY,
    REGISTERED_STATUSES,
    VALID_REGISTRATIONS,
    ClaimState,
    PersonStatus,
    RequestState,
)
from talent.forms import actions as forms

_LEAVES = "次日起不再计入，未结束的岗位同时离岗，档案保留。"


def _status(*statuses: str) -> Any:
    return lambda person: person.status in statuses


def _open(record: Any) -> bool:
    return record.ended_on is None


def _may_move(person: Any) -> bool:
    pending = person.transfers.filter(state=RequestState.PENDING).exists()
    return person.status not in GONE and not pending


PERSON = (
    Action("confirm", "确认在册", None, actions.confirm_person, "talent.change_person",
           when=_status(*REGISTERED_STATUSES), icon="circle-check", in_bulk=True,
           consequence="确认档案内容至今日仍然属实。", done="已确认，确认日期为今天。"),
    Action("move", "变更常住地", forms.MoveForm, actions.move_residence, "talent.change_person",
           when=lambda p: p.status not in GONE, icon="map-pin"),
    Action("transfer-out", "转出", forms.TransferOutForm, actions.request_transfer_out,
           "talent.transfer_person", when=_may_move, icon="arrows-exchange",
           consequence="对方同意后，该人员的原岗位结束，档案归对方。", done="已提交转出申请。"),
    Action("leave", "离省", forms.LeaveForm, actions.leave_province, "talent.end_person",
           when=_status(*REGISTERED_STATUSES, PersonStatus.RETIRED), consequence=_LEAVES,
           icon="logout", is_serious=True),
    Action("retire", "退休", forms.RetireForm, actions.retire_person, "talent.end_person",
           when=_status(*REGISTERED_STATUSES), consequence="次日起不再计入，勾选继续任职的除外。",
           icon="clock", is_serious=True),
    Action("return", "返回", forms.ReturnForm, actions.return_person, "talent.end_person",
           icon="refresh", when=_status(*AWAY), consequence="从返回日期起重新在库。"),
    Action("death", "登记死亡", forms.DeathForm, actions.record_death, "talent.end_person",
           when=lambda p: p.status not in GONE, is_serious=True, icon="user-off",
           consequence="次日起不再计入；岗位和登记同时结束，账号停用。"),
    Action("deactivate", "停用", ReasonForm, actions.deactivate_person, "talent.end_person",
           when=_status(*REGISTERED_STATUSES, *AWAY), is_serious=True, icon="ban",
           consequence="用于误录。停用后不再计入，档案保留，可以恢复。"),
    Action("merge", "合并", forms.MergeForm, actions.merge_person, "talent.merge_person",
           when=lambda p: p.status not in GONE, is_serious=True, icon="users",
           consequence="用于同一人有两份档案。这份档案的任职、证书等并入保留的档案，"
                       "两个证件号码都能查到保留的档案。合并后不能撤回。"),
    Action("reactivate", "恢复", ReasonForm, actions.reactivate_person, "talent.end_person",
           when=_status(PersonStatus.DEACTIVATED), is_primary=True, done="已恢复。"),
)  # fmt: skip

POST = (
    Action("part-time", "改为兼职", ReasonForm, actions.make_part_time,
           "talent.decide_postconflict", when=lambda p: bool(counties_in_conflict(p)),
           consequence="本岗位登记为兼职，不再与外县的全职岗位冲突；本岗位是主岗的，主岗转到外县的岗位，人员随主岗。"),
    Action("end", "离岗", forms.EndPostForm, actions.end_post, "talent.end_post", when=_open,
           is_serious=True, is_primary=True,
           consequence="离岗日期起不再计入在岗；没有其他岗位的，人员转为待岗。"),
)  # fmt: skip


CERTIFICATE = (
    Action("verify", "核验", forms.VerifyCertificateForm, actions.verify_certificate,
           "talent.verify_certificate", when=_open, is_primary=True, in_bulk=True,
           consequence="自己录入或修改的证书，请由另一位审核员核验。"),
)  # fmt: skip
REGISTRATION = (
    Action("cancel", "注销", forms.CancelRegistrationForm, actions.cancel_registration,
           "talent.end_registrationperiod", argument="period", is_serious=True,
           when=lambda p: p.ended_on is None and p.state in VALID_REGISTRATIONS),
)  # fmt: skip
CLAIM = (
    Action("decide", "认定", forms.DecideClaimForm, actions.decide_claim,
           "talent.review_keytalentclaim", argument="claim_", is_primary=True,
           when=lambda c: c.ended_on is None and c.state == ClaimState.PENDING,
           consequence="自己提交的申报，请由另一位审核员认定。"),
)  # fmt: skip
