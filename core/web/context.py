"""What every page needs to know."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core.web.watermark import watermark_for


def site(request: HttpRequest) -> dict[str, Any]:
    """The site's name, and the mark of whoever is signed in on every page (T58)."""
    user = getattr(request, "user", None)
    mark = SimpleLazyObject(
        lambda: watermark_for(request) if user is not None and user.is_authenticated else None
    )
    return {"SITE_NAME": settings.SITE_NAME, "watermark": mark}
