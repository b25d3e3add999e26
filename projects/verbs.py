"""The verbs offered on projects and payments."""

from __future__ import annotations

from typing import Any

from django import forms

from core.dates import today
from core.entities.declarations import reactivation
from core.entities.forms import ActionForm, DateField, ReasonField
from core.entities.forms.actions import ReasonForm
from core.entities.pages import Action
from projects import actions
from projects.codes import Stage


class StageForm(ActionForm):
    stage = forms.ChoiceField(label="进入阶段", choices=Stage.choices)
    reached_on = DateField(label="日期", initial=today)
    reason = ReasonField(required=False, help_text="阶段倒退时必填。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        later = [s.value for s in Stage if s.value > self.record.stage]
        self.initial.setdefault("stage", later[0] if later else self.record.stage)


def _open(record: Any) -> bool:
    return record.ended_on is None


PROJECT = (
    Action("stage", "变更阶段", StageForm, actions.change_stage, "projects.change_project",
           when=_open, is_primary=True),
    Action("deactivate", "停用", ReasonForm, actions.end_project, "projects.end_project",
           when=_open, is_serious=True, consequence="用于误录。已有付款的项目不能停用。"),
    reactivation("projects.end_project"),
)  # fmt: skip
PAYMENT = (
    Action("deactivate", "停用", ReasonForm, actions.end_payment, "projects.end_payment",
           when=_open, is_serious=True, consequence="用于误录。停用后不再计入已付款合计。"),
    Action("reactivate", "恢复使用", ReasonForm, actions.reactivate_payment,
           "projects.end_payment", when=lambda p: not _open(p), icon="refresh"),
)  # fmt: skip
