"""What a region field asks while one chooses or types; only regions in the user's scope."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from core.entities.forms import ReasonField
from core.entities.forms.fields import PlainForm, RegionField
from core.entities.forms.widgets import RegionWidget
from core.national import place_label, places_beginning
from core.notices.waiting import Waiting, is_county_or_below, register_waiting
from core.regions.models import Region
from core.regions.names import place_name, resolve_regions
from core.regions.successions import move_stranded, stranded
from core.rules import RuleError
from core.text import normalise


def _field(request: HttpRequest) -> tuple[str, str]:
    """The field's name and id, as far as they are plain words."""
    name, field = request.GET.get("name", ""), request.GET.get("id", "")
    return (name if name.isidentifier() else "region"), (
        field if field.isidentifier() else "id_region"
    )


class MoveForm(PlainForm):
    """Where the rows of an abolished region go."""

    to = RegionField(label="划转到")
    reason = ReasonField(label="依据", help_text="如撤并批复的文号。")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.bind_user(user)


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest) -> HttpResponse:
    """Regions abolished without a successor: what still lies in them, and where it goes."""
    user: Any = request.user
    if not user.has_perm("core.move_region"):
        raise PermissionDenied
    waiting = stranded(user)
    asked = request.POST if request.method == "POST" else request.GET
    chosen = next((s.region for s in waiting if s.region.pk == asked.get("region")), None)
    form = MoveForm(request.POST or None, user=user)
    if chosen and form.is_valid():
        try:
            count = move_stranded(by=user, region=chosen, **form.cleaned_data)
        except RuleError as error:
            form.add_error("to", "；".join(error.messages))
        else:
            target = place_name(form.cleaned_data["to"].pk)
            messages.success(request, f"{chosen.name}的 {count} 条记录已划转到{target}。")
            return HttpResponseRedirect(request.path)
    context = {"waiting": waiting, "chosen": chosen, "form": form}
    return render(request, "core/region_move.html", context, status=422 if form.is_bound else 200)


@require_GET
def cascade(request: HttpRequest) -> HttpResponse:
    """The widget again, with the selects down to what was just chosen."""
    name, field_id = _field(request)
    picks = request.GET.getlist(f"{name}_pick")
    code = next((p for p in picks if p), "") or request.GET.get("up", "")
    user: Any = request.user
    if not Region.objects.for_user(user).filter(pk=code).exists():
        code = ""
    widget = RegionWidget()
    widget.user = user
    # Who picked a suggestion goes on from the text; a select keeps the focus by its id.
    focus = {"autofocus": True} if "typed" in request.GET else {}
    return HttpResponse(widget.render(name, code, {"id": field_id, **focus}))


@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    name, field_id = _field(request)
    text = normalise(request.GET.get(f"{name}_text", ""))
    found = resolve_regions(text, request.user) if text else []
    context = {
        "found": [(r.pk, place_name(r.pk)) for r in found],
        "name": name,
        "field": field_id,
        "text": text,
    }
    return render(request, "widgets/region_choices.html", context)


@require_GET
def place_suggest(request: HttpRequest) -> HttpResponse:
    """Counties of the whole country by name or code: public codes, no records."""
    name = request.GET.get("name", "")
    field = request.GET.get("field", "")
    text = normalise(request.GET.get(name if name.isidentifier() else "q", ""))
    codes = places_beginning(text, 10) if text else []
    found = [f"{place_label(code)} {code}" for code in codes]
    context = {"found": found, "field": field if field.isidentifier() else "", "text": text}
    return render(request, "widgets/place_choices.html", context)


register_waiting(
    Waiting(
        code="stranded",
        label="待划转的记录",
        hint="所在地区已撤销，没有承接的地区",
        permission="core.move_region",
        count=lambda user: sum(one.total for one in stranded(user)),
        url="region_move",
        applies=is_county_or_below,
    )
)
