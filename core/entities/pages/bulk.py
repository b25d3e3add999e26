"""An action on several selected records, or on every record that a list shows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from core.audit.models import ReadEvent
from core.entities import signed
from core.entities.declarations import Action
from core.entities.forms import ActionForm
from core.entities.pages.act import noted
from core.entities.pages.base import EntityPage
from core.entities.pages.export import asked_by, chosen_ids
from core.rules import RuleError

# More than this is work for an import, not for a page that is waited for.
AT_MOST = 500
# So many of those that were not done are named.
NAMED = 5


class BulkPage(EntityPage):
    """POST only. The first post asks (how many, what will happen), the second one does it.

    Each record is acted on by itself: what one refuses does not hold up the others, and the
    page that follows says how many were done, which were not and why. Each is a step of its own,
    and taken back by itself. `confirmed` is the number that was shown: when the list is another
    one by now, it is asked again.
    """

    page = "bulk"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.http_method_not_allowed(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        action = self.reach.action(self.kwargs["verb"], in_bulk=True)
        back = self.request.POST.get("filter", "").lstrip("?")
        unit, list_url = self.entity.unit, self.entity.url("list")
        list_url = f"{list_url}?{back}" if back else list_url
        try:
            records = list(self._selected().order_by("pk")[: AT_MOST + 1])
        except RuleError as error:
            messages.error(self.request, str(error))
            return HttpResponseRedirect(list_url)
        if not records or len(records) > AT_MOST:
            few = f"一次最多办理 {AT_MOST} {unit}，请缩小范围后分批办理。"
            messages.error(self.request, few if records else "没有选中记录，或选中的已不在名单中。")
            return HttpResponseRedirect(list_url)
        form = self._form(action, len(records))
        if not form.is_bound or not form.is_valid():
            return self._ask(action, form, records, list_url)
        given, reason = form.given()
        try:
            with transaction.atomic(), signed.explained(records, reason=reason) as effect:
                done, refused = self._do_each(action, given, reason, records)
        except RuleError as error:
            form.add_error(form.reason_asked_by(error) or None, error.messages)
            return self._ask(action, form, records, list_url)
        if done:
            said = f"已为 {done} {unit}办理「{action.label}」。{effect}"
            messages.success(self.request, said)
        for reason, names in refused.items():
            some = "、".join(names[:NAMED]) + (" 等" if len(names) > NAMED else "")
            messages.warning(self.request, f"{len(names)} {unit}没有办理（{some}）：{reason}")
        return HttpResponseRedirect(list_url)

    def _selected(self) -> Any:
        """The chosen rows, or all that the list shows where that was chosen."""
        post = self.request.POST
        if "ids" not in post and "all_matching" not in post:
            return self.reach.rows().none()
        return self.listing(asked_by(post)).chosen(chosen_ids(post))

    def _form(self, action: Action, count: int) -> Any:
        """The action's form, bound once the number of records was confirmed."""
        confirmed = self.request.POST.get("confirmed")
        data = None if confirmed is None else self.request.POST
        form = (action.form or ActionForm)(data, user=self.request.user)
        if confirmed not in {None, str(count)}:
            now = f"您核对之后名单有变化，现在是 {count} {self.entity.unit}，请核对后再办理。"
            form.add_error(None, now)
        return form

    def _do_each(
        self, action: Action, given: dict[str, Any], reason: str, records: list[Any]
    ) -> tuple[int, dict[str, list[str]]]:
        argument = action.argument or self.entity.keyword
        done, refused = 0, dict[str, list[str]]()
        for record in records:
            try:
                if not action.when(record):
                    raise ValidationError("现在的状态不能办理。")
                with transaction.atomic(), noted(action, record, self.request.user, reason):
                    action.run(**{argument: record, "by": self.request.user}, **given)
                done += 1
            except ValidationError as error:
                names = refused.setdefault("；".join(error.messages), [])
                names.append(self.entity.named(record))
            except (IntegrityError, PermissionDenied) as error:
                words = str(error) if isinstance(error, PermissionDenied) else "与已有记录冲突。"
                refused.setdefault(words, []).append(self.entity.named(record))
        return done, refused

    def _ask(self, action: Action, form: Any, records: list[Any], list_url: str) -> HttpResponse:
        kept = [
            (name, value)
            for name, values in self.request.POST.lists()
            for value in values
            if name in {"ids", "all_matching", "filter", "scope"}
        ]
        some = records[:10]
        self.reach.leave_read_event(ReadEvent.Kind.LIST, some, page=action.code)
        return self.render(
            self.context(
                action=action,
                form=form,
                kept=kept,
                count=len(records),
                names=[self.entity.named(record) for record in some],
                title=f"{action.label}：{len(records)} {self.entity.unit}",
                cancel_url=list_url,
            )
        )
