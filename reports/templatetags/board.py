"""Numbers as people and as SVG want them."""

from django import template

from core.figures.verdict import NO_DATA

register = template.Library()


@register.filter
def thousands(value: int | None) -> str:
    """1234567 as 「1,234,567」."""
    return "" if value is None else f"{value:,}"


@register.filter
def figure(value: int | None) -> str:
    """A figure as 「1,234,567」, 「无资料」 where it is unknown."""
    return NO_DATA if value is None else thousands(value)


@register.filter
def unlocalised(value: float) -> str:
    """A number for an attribute: always a point, never a comma."""
    return f"{value:g}"


@register.filter
def opposite(value: int) -> int:
    return -value


@register.filter
def signed(value: int) -> str:
    """A change as 「+12」, 「−3」 or 「±0」."""
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{abs(value):,}"
