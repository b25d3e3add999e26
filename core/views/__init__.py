"""One class an entity, by declarations; see EntityBase and declarations.py."""

from core.views.base import ENTITIES, EntityBase
from core.views.bulk import BulkPage
from core.views.declarations import Action, Related, Section
from core.views.doing import ActionPages
from core.views.editing import EditPages
from core.views.exporting import ExportPage
from core.views.listing import ListPage
from core.views.lookup import LookupPage
from core.views.record import RecordPages


class EntityView(ListPage, LookupPage, ExportPage, RecordPages, EditPages, ActionPages, BulkPage):
    """List, detail, create, edit, history, actions, export of one entity.

    A subclass declares model, table, filterset, form, sections, related, actions and labels.
    """


__all__ = ["ENTITIES", "Action", "EntityBase", "EntityView", "Related", "Section"]
