"""The product's addresses, and those of the scratch app."""

from __future__ import annotations

from django.urls import include, path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as product
from core.entities.addresses import addresses_of

__all__ = ["handler400", "handler403", "handler404", "handler500"]

urlpatterns = [*product, path("", include(addresses_of("scratch")))]
