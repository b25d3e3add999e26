"""The field of the top bar: one search over all entities."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from core.entities.finding import found_for, searched_by
from core.secrecy.numbers import Secret, misread, secret_in
from core.text import tidy_name


@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """The field of the top bar. A number is looked up by POST; a word may stand in an address."""
    user: Any = request.user
    if request.method == "POST":
        text = tidy_name(request.POST.get("q", ""))
        if not (secret_in(text) or misread(text)):
            return HttpResponseRedirect(f"{request.path}?{urlencode({'q': text[:60]})}")
    else:
        text = tidy_name(request.GET.get("q", ""))
        if secret_in(text):
            return HttpResponseRedirect(request.path)
        text = text[:60]
    entities = searched_by(user) if text else []
    groups = [group for entity in entities if (group := found_for(entity, request, text))]
    only = groups[0]["rows"] if len(groups) == 1 else []
    if len(only) == 1 and only[0]["url"]:
        return HttpResponseRedirect(only[0]["url"])
    secret = secret_in(text)
    wrong = misread(text)
    context = {"groups": groups, "q": "" if secret or wrong else text, "searched": bool(text)}
    context["wrong"] = wrong
    if secret and not groups:
        context |= _elsewhere(request, secret)
    return render(request, "core/search.html", context)


def _elsewhere(request: HttpRequest, secret: Secret) -> dict[str, Any]:
    """The answer of the first entity that knows the number outside the own area."""
    for entity in searched_by(request.user):
        if entity.elsewhere and (answer := entity.elsewhere(secret, request.user)):
            return answer
    return {}
