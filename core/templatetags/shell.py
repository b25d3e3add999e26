"""What the frame and the components need and a template cannot say by itself."""

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html

from core.dates import days_left
from core.desk import logs
from core.entities import display
from core.entities.navigation import navigation_for
from core.ledgers import ledger
from core.notices.waiting import waiting_total
from core.regions.names import place_name, place_path, working_region_code

register = template.Library()
register.filter(days_left)


@register.simple_tag
def icon(name: str, label: str = "") -> str:
    """An icon of the sprite: decorative, unless it is given a label."""
    sprite = static("vendor/icons/sprite.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>',
            label, sprite, name,
        )  # fmt: skip
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        sprite, name,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def navigation(context: template.Context) -> list[dict[str, Any]]:
    """What the role may use; nothing as long as the own password is to be set first."""
    request = context["request"]
    if request.user.must_change_password:
        return []
    return navigation_for(request.user, request.path)


@register.simple_tag(takes_context=True)
def working_path(context: template.Context) -> list[tuple[str, str]]:
    """(code, name) from the province to the region one works in."""
    return place_path(working_region_code(context["request"]))


@register.simple_tag(takes_context=True)
def waiting_count(context: template.Context) -> int:
    """How many matters wait for the user (the number in the top bar)."""
    return waiting_total(context["request"])


@register.filter
def as_ledger(label: str) -> str:
    """The label of a kind as a ledger is called."""
    return ledger.as_ledger(label)


@register.filter
def place(code: str | None) -> str:
    """A region's code as 「贵阳市 南明区」."""
    return place_name(code)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The query string of this page with some parameters changed; None or "" removes one."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            params.pop(name, None)
        else:
            params[name] = value
    return f"?{params.urlencode()}" if params else "?"


@register.filter
def record_url(record: Any) -> str:
    """Address of a record's page."""
    return display.record_url(record)


@register.filter
def security_words(event: Any) -> str:
    """What a row of the security log says besides who and when."""
    return logs.security_words(event)
