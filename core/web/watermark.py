"""The watermark of pages: who, when, from where (a deterrent)."""

from typing import Any
from urllib.parse import quote

from django.utils import timezone
from django.utils.html import format_html

from core.accounts.clients import client_address

# Two lines in each cell, so that the longest address (IPv6) fits.
_DRAWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="100%">'
    '<pattern id="mark" width="380" height="190" patternUnits="userSpaceOnUse">'
    '<g transform="rotate(-22 190 95)" font-family="sans-serif" font-size="14"'
    ' text-anchor="middle"><text x="190" y="90">{} {}</text>'
    '<text x="190" y="110">{} {}</text></g></pattern>'
    '<rect width="100%" height="100%" fill="url(#mark)"/></svg>'
)


def watermark_for(request: Any) -> str:
    """The mark as the address of a picture that fills whatever it is given.

    A picture, not text: nobody copies or finds it between the words of a page, and it is no
    text whose contrast is too low to be read.
    """
    user = request.user
    now = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    address = client_address(request) or ""
    drawn = format_html(_DRAWN, user, user.username[-4:], now, address)
    return f"data:image/svg+xml,{quote(drawn)}"
