"""The page on which a person of another county is asked for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.entities.pages.plain import done, require, sent_data
from talent.moves import actions
from talent.moves.forms import TransferInForm


@sensitive_post_parameters("id_number")
@require_http_methods(["GET", "POST"])
def transfer_new(request: HttpRequest) -> HttpResponse:
    """Ask for a person of another county by ID number."""
    user = require(request, "talent.transfer_person")
    initial = {"to_region": user.region_id}
    sent = sent_data(request)
    if sent is not None and "asked" in sent:
        # From the form of a new person, whose number turned out to be registered elsewhere.
        initial |= {name: sent.get(name, "") for name in ("id_type", "id_number")}
        sent = None
    form = TransferInForm(sent, user=user, initial=initial)
    if form.is_bound and form.is_valid():
        wanted = {n: form.cleaned_data[n] for n in ("id_type", "id_number", "to_region", "reason")}
        post = form.post()
        if done(form, lambda: actions.request_transfer_in(by=user, post=post, **wanted)):
            messages.success(request, "已提交转入申请，15 天内对方未处理将自动转入。")
            return HttpResponseRedirect(reverse("transferrequest_list"))
    status = 422 if form.errors else 200
    return render(request, "requests/transfer_new.html", {"form": form}, status=status)
