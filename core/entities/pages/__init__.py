"""One class an entity, by declarations; see EntityBase and declarations.py."""

from core.entities.declarations import Action, Related, Section
from core.entities.pages.act import ActionPages
from core.entities.pages.base import ENTITIES, EntityBase
from core.entities.pages.bulk import BulkPage
from core.entities.pages.edit import EditPages
from core.entities.pages.export import ExportPage
from core.entities.pages.list import ListPage
from core.entities.pages.lookup import LookupPage
from core.entities.pages.record import RecordPages


class EntityView(ListPage, LookupPage, ExportPage, RecordPages, EditPages, ActionPages, BulkPage):
    """List, detail, create, edit, history, actions, export of one entity.

    A subclass declares model, table, filterset, form, sections, related, actions and labels.
    """


__all__ = ["ENTITIES", "Action", "EntityBase", "EntityView", "Related", "Section"]
