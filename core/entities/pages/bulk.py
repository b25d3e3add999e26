"""An action on several selected records, or on every record that a list shows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from core.audit.history import acting
from core.audit.models import ReadEvent
from core.entities.declarations import Action
from core.entities.forms import ActionForm
from core.entities.pages.base import EntityBase
from core.rules import RuleError

# More than this is work for an import, not for a page that is waited for.
AT_MOST = 500
# So many of those that were not done are named.
NAMED = 5


class BulkPage(EntityBase):
    """POST only. The first post asks (how many, what will happen), the second one does it.

    Each record is acted on by itself: what one refuses does not hold up the others, and the
    page that follows says how many were done, which were not and why. `confirmed` is the
    number that was shown: when the list is another one by now, it is asked again.
    """

    def bulk_page(self) -> HttpResponse:
        return self.http_method_not_allowed(self.request)

    def bulk_submitted(self) -> HttpResponse:
        action = self._bulk_action()
        back = self.request.POST.get("filter", "").lstrip("?")
        list_url = f"{self.url('list')}?{back}" if back else self.url("list")
        try:
            records = list(self._selected().order_by("pk")[: AT_MOST + 1])
        except RuleError as error:
            messages.error(self.request, str(error))
            return HttpResponseRedirect(list_url)
        if not records or len(records) > AT_MOST:
            few = f"一次最多办理 {AT_MOST} {self.unit}，请缩小范围后分批办理。"
            messages.error(self.request, few if records else "没有选中记录，或选中的已不在名单中。")
            return HttpResponseRedirect(list_url)
        form = self._bulk_form(action, len(records))
        if not form.is_bound or not form.is_valid():
            return self._ask_for_all(action, form, records, list_url)
        done, refused = self._do_each(action, form, records)
        if done:
            messages.success(self.request, f"已为 {done} {self.unit}办理「{action.label}」。")
        for reason, names in refused.items():
            some = "、".join(names[:NAMED]) + (" 等" if len(names) > NAMED else "")
            words = f"{len(names)} {self.unit}没有办理（{some}）：{reason}"
            messages.warning(self.request, words)
        return HttpResponseRedirect(list_url)

    def _selected(self) -> Any:
        """The chosen rows, or all that the list shows where that was chosen."""
        is_chosen = "ids" in self.request.POST or "all_matching" in self.request.POST
        return self.export_rows() if is_chosen else self.rows().none()  # type: ignore[attr-defined]

    def _bulk_form(self, action: Action, count: int) -> Any:
        """The action's form, bound once the number of records was confirmed."""
        confirmed = self.request.POST.get("confirmed")
        data = None if confirmed is None else self.request.POST
        form = (action.form or ActionForm)(data, user=self.request.user)
        if confirmed not in {None, str(count)}:
            now = f"您核对之后名单有变化，现在是 {count} {self.unit}，请核对后再办理。"
            form.add_error(None, now)
        return form

    def _bulk_action(self) -> Action:
        code = self.kwargs["verb"]
        action = next((a for a in self.all_actions() if a.code == code and a.in_bulk), None)
        if action is None:
            raise Http404
        if not self.request.user.has_perm(action.permission):
            raise PermissionDenied
        return action

    def _do_each(
        self, action: Action, form: Any, records: list[Any]
    ) -> tuple[int, dict[str, list[str]]]:
        argument = action.argument or str(self.model._meta.model_name)
        reason = str(form.cleaned_data.get("reason", ""))
        done, refused = 0, dict[str, list[str]]()
        for record in records:
            try:
                if not action.when(record):
                    raise ValidationError("现在的状态不能办理。")
                with transaction.atomic(), acting(self.request.user, reason=reason):
                    action.run(**{argument: record, "by": self.request.user}, **form.cleaned_data)
                done += 1
            except ValidationError as error:
                refused.setdefault("；".join(error.messages), []).append(self.named(record))
            except (IntegrityError, PermissionDenied) as error:
                words = str(error) if isinstance(error, PermissionDenied) else "与已有记录冲突。"
                refused.setdefault(words, []).append(self.named(record))
        return done, refused

    def _ask_for_all(
        self, action: Action, form: Any, records: list[Any], list_url: str
    ) -> HttpResponse:
        kept = [
            (name, value)
            for name, values in self.request.POST.lists()
            for value in values
            if name in {"ids", "all_matching", "filter"}
        ]
        some = records[:10]
        names = [self.named(record) for record in some]
        self.leave_read_event(ReadEvent.Kind.LIST, some, page=action.code)
        context = self.context(
            action=action,
            form=form,
            kept=kept,
            count=len(records),
            names=names,
            title=f"{action.label}：{len(records)} {self.unit}",
            cancel_url=list_url,
        )
        return render(self.request, self.template("bulk"), context)
