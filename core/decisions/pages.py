"""The page of a request: what is asked beside what is known of whom it is about, and the answer."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from core.audit.models import ReadEvent
from core.decisions.actions import lock_subject
from core.decisions.beside import beside
from core.decisions.kinds import DecisionKind, kind_of
from core.entities.declarations import Action
from core.entities.pages.act import perform
from core.entities.pages.record import DetailPage

_CHANGED = "这件申请刚被修改过。下面是现在的内容，请核对后再处理。"


class DecisionPage(DetailPage):
    """A record's page with a form of its answers: `verb` of the post says which it is."""

    @property
    def kind(self) -> DecisionKind:
        kind = kind_of(self.entity.model)
        assert kind is not None, f"{self.entity.name} is nothing that is decided"
        return kind

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            # Whom it is about first, as whatever else ends it does.
            lock_subject(self.kind, self.record())
            record = self.record(lock=True)
            action = self.reach.action(self.request.POST.get("verb", ""))
            if not action.is_answer:
                raise Http404
            form = self.answer_form(action, record, self.request.POST)
            if self.request.POST.get("version", str(record.version)) != str(record.version):
                form.add_error(None, _CHANGED)
            message = perform(self.reach, record, action, form) if form.is_valid() else None
            if message is not None:
                messages.success(self.request, message)
                query = self._list_query()
                list_url = self.entity.url("list")
                return HttpResponseRedirect(f"{list_url}?{query}" if query else list_url)
        # As it is now: somebody else may have been the first.
        record = self.record()
        self.reach.leave_read_event(ReadEvent.Kind.DETAIL, [record])
        return self.render(self.detail_context(record) | {"form": form}, status=422)

    def detail_context(self, record: Any) -> dict[str, Any]:
        context = super().detail_context(record)
        answers = [a for a in self.reach.actions_for(record) if a.is_answer]
        about = self.about(record)
        may_decide = any(a.permission == self.kind.permission for a in answers)
        return context | {
            "title": self.entity.named(record),
            "sections": [s for s in context["sections"] if any(f["value"] for f in s["facts"])],
            "answers": answers,
            "form": self.answer_form(answers[0], record) if answers else None,
            "effect": self.kind.effect(record) if may_decide else "",
            "kind": self.kind,
            "back": self._list_query(),
            "beside": beside(about, self.request.user) if about is not None else None,
        }

    def _list_query(self) -> str:
        """What the list asked for that one came from; from elsewhere, what waits: the next one
        stands there."""
        asked = self.request.POST.get("back")
        if asked is None:
            page, asked = self.request.headers.get("Referer", ""), self.kind.listed[1:]
            if url_has_allowed_host_and_scheme(page, {self.request.get_host()}):
                came = urlsplit(page)
                asked = came.query if came.path == self.entity.url("list") else asked
        return QueryDict(asked).urlencode()

    def about(self, record: Any) -> Any:
        """The record that the request is about, None where it is about several."""
        return getattr(record, self.kind.about) if self.kind.about else None

    def answer_form(self, action: Action, record: Any, data: Any = None) -> Any:
        assert action.form is not None
        return action.form(data, user=self.request.user, record=record)
