"""The addresses of entities: every page at <prefix>…, named <model>_<page>.

    urlpatterns = [*addresses_of("talent"), …]

gives all entities of an app theirs, in the order of <app>/entities.py.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import URLPattern, path

from core.entities.entity import ENTITIES, Entity
from core.entities.made import api_of
from core.entities.pages.act import ActPage
from core.entities.pages.bulk import BulkPage
from core.entities.pages.create import CreatePage
from core.entities.pages.edit import EditPage
from core.entities.pages.export import ExportPage
from core.entities.pages.list import ListPage
from core.entities.pages.lookup import LookupPage
from core.entities.pages.record import DetailPage, HistoryPage

# Page -> what follows the prefix, and the class where the entity names no other. Words before
# keys, and the verb of an action last.
PAGES: dict[str, tuple[str, type[Any]]] = {
    "list": ("", ListPage),
    "create": ("new/", CreatePage),
    "export": ("export/", ExportPage),
    "bulk": ("bulk/<slug:verb>/", BulkPage),
    "lookup": ("lookup/", LookupPage),
    "detail": ("<pk>/", DetailPage),
    "edit": ("<pk>/edit/", EditPage),
    "history": ("<pk>/history/", HistoryPage),
    "act": ("<pk>/<slug:verb>/", ActPage),
}


def pages_of(entity: Entity) -> list[URLPattern]:
    """The addresses of an entity's pages."""
    key = "<uuid:pk>" if isinstance(entity.model._meta.pk, models.UUIDField) else "<int:pk>"
    found = []
    for page, (rest, view) in PAGES.items():
        if entity.has(page):
            made = entity.pages.get(page, view).as_view(entity=entity)
            address = entity.prefix + rest.replace("<pk>", key)
            found.append(path(address, made, name=entity.address_name(page)))
    return found


def entities_of(app: str) -> list[Entity]:
    """Those with addresses of their own; urls.py gives the pages of the others theirs."""
    return [e for e in ENTITIES.values() if e.prefix and e.model._meta.app_label == app]


def addresses_of(app: str) -> list[URLPattern]:
    return [pattern for entity in entities_of(app) for pattern in pages_of(entity)]


def register_apis(router: Any) -> None:
    """Give every entity's API its route."""
    for entity in ENTITIES.values():
        if entity.api:
            router.register(entity.api, api_of(entity), f"api-{entity.name}")
