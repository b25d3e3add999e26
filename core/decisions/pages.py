"""The page of a request: what is asked beside what is known of whom it is about, and the answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

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
                return HttpResponseRedirect(self.entity.url("list"))
        # As it is now: somebody else may have been the first.
        record = self.record()
        self.reach.leave_read_event(ReadEvent.Kind.DETAIL, [record])
        return self.render(self.detail_context(record) | {"form": form}, status=422)

    def detail_context(self, record: Any) -> dict[str, Any]:
        context = super().detail_context(record)
        answers = [a for a in self.reach.actions_for(record) if a.is_answer]
        may_decide = any(a.permission == self.kind.permission for a in answers)
        return context | {
            "title": self.entity.named(record),
            "sections": [s for s in context["sections"] if any(f["value"] for f in s["facts"])],
            "answers": answers,
            "form": self.answer_form(answers[0], record) if answers else None,
            "effect": self.kind.effect(record) if may_decide else "",
            "kind": self.kind,
            "beside": beside(self.about(record), self.request.user),
        }

    def about(self, record: Any) -> Any:
        """The record that the request is about."""
        return getattr(record, self.kind.about)

    def answer_form(self, action: Action, record: Any, data: Any = None) -> Any:
        assert action.form is not None
        return action.form(data, user=self.request.user, record=record)
