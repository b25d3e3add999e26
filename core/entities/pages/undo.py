"""撤销: the dialog that says what comes back, and the one call that does it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views import View

from core.audit.models import ReadEvent
from core.entities import steps
from core.entities.changes import Change
from core.entities.declarations import OTHER, Action
from core.entities.entity import ENTITIES
from core.entities.forms.actions import ReasonForm
from core.entities.models import Step
from core.entities.reach import Reach
from core.rules import RuleError


def _reach(step: Step, user: Any) -> Reach:
    return Reach(ENTITIES[step.record_label.rpartition(".")[2]], user)


def _action(reach: Reach, step: Step) -> Action | None:
    """What the step was, where the user may do such a thing."""
    found = next((a for a in reach.entity.all_actions if a.code == step.action), None)
    may = found is not None and found.can_be_undone and reach.user.has_perm(found.permission)
    return found if may else None


def _why_not(step: Step, reach: Reach, action: Action) -> str:
    """Why the user may not take a step back, "" where nothing stands against it. What else of
    the kind was written (the kept one of two records) has to be in reach as well."""
    if refused := steps.refusal(step, reach.user, by_other=action.undo == OTHER):
        return refused
    model = reach.entity.model
    keys = {row.key for row in steps.written_by(step) if row.model is model}
    if reach.rows().filter(pk__in=keys).count() < len(keys):
        return "其中有记录已归其他地区，不能由您撤销，请由共同的上级办理。"
    return ""


def undo_links(user: Any, records: Iterable[Any]) -> dict[Any, dict[str, Any]]:
    """Key of a record -> its latest step that the user may take back: {step, url}. One query."""
    keys = [record.pk for record in records]
    found: dict[Any, dict[str, Any]] = {}
    for step in Step.objects.standing().filter(record_id__in=keys).select_related("by"):
        action = _action(_reach(step, user), step)
        if step.record_id in found or action is None:
            continue
        if not steps.refusal(step, user, by_other=action.undo == OTHER):
            found[step.record_id] = {"step": step, "url": reverse("step_undo", args=[step.pk])}
    return found


def offer_undo(user: Any, entries: list[Change], records: Iterable[Any]) -> None:
    """Give the newest entry of each step of the records its address, where the user may."""
    links = undo_links(user, records)
    by_context = {link["step"].context: link["url"] for link in links.values()}
    for entry in entries:
        entry.undo_url = by_context.pop(entry.context, "")


class UndoPage(View):
    """A step is found by its record: 404 out of reach, 403 without the action's permission."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        step, reach, record, _ = self._find(pk)
        return self._ask(step, reach, record, ReasonForm(user=request.user, record=record))

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        with transaction.atomic():
            step, reach, record, action = self._find(pk, lock=True)
            form = ReasonForm(request.POST, user=request.user, record=record)
            why_not = _why_not(step, reach, action)
            if not why_not and form.is_valid():
                try:
                    effect = steps.take_back(
                        step=step, record=record, by=request.user,
                        reason=form.cleaned_data["reason"], undone=action.undone,
                    )  # fmt: skip
                except RuleError as error:
                    form.add_error(None, error.messages)
                else:
                    messages.success(request, f"已撤销「{step.label}」：{record}。{effect}")
                    return self._done(reach, record)
        return self._ask(step, reach, record, form, status=422)

    def _find(self, pk: UUID, *, lock: bool = False) -> tuple[Step, Reach, Any, Action]:
        step = Step.objects.select_related("by").filter(pk=pk).first()
        if step is None:
            raise Http404
        reach = _reach(step, self.request.user)
        record = reach.get(step.record_id, lock=lock)
        action = _action(reach, step)
        if action is None:
            raise PermissionDenied
        return step, reach, record, action

    def _ask(
        self, step: Step, reach: Reach, record: Any, form: Any, status: int = 200
    ) -> HttpResponse:
        """The dialog: what comes back, or why it cannot."""
        reach.leave_read_event(ReadEvent.Kind.DETAIL, [record], page="undo")
        action = _action(reach, step)
        why_not = _why_not(step, reach, action) if action else ""
        asked = f"，事由：{step.reason}" if step.reason else ""
        context = {
            # The dialog of any other verb.
            "action": {
                "label": "撤销",
                "is_serious": True,
                "consequence": f"{localtime(step.at):%Y-%m-%d %H:%M} 由{step.by}办理{asked}。"
                "撤销后恢复到办理之前，两次都留在修改历史中。",
            },
            "action_url": reverse("step_undo", args=[step.pk]),
            "record": record,
            "label": reach.entity.label,
            "list_url": reach.entity.url("list"),
            "list_label": reach.entity.list_label,
            "title": f"撤销「{step.label}」：{reach.entity.named(record)}",
            "form": form,
            "why_not": why_not,
            "is_over": bool(why_not),
            "put_back": [] if why_not else steps.said(step),
            "cancel_url": reach.entity.url("detail", record) or reach.entity.url("list"),
        }
        request: Any = self.request
        piece = "#dialog" if request.htmx else ""
        return render(request, f"entity/act.html{piece}", context, status=status)

    def _done(self, reach: Reach, record: Any) -> HttpResponse:
        """Back to the record, or to the list when it went out of the scope by it."""
        where = reach.entity.url("detail", record) if reach.holds(record) else ""
        target = where or reach.entity.url("list")
        request: Any = self.request
        if request.htmx:
            return HttpResponse(status=204, headers={"HX-Redirect": target})
        return HttpResponseRedirect(target)
