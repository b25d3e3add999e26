"""One class an entity: what all its pages share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views import View

from core.audit.models import ReadEvent
from core.entities.declarations import Action, Related, Section, deactivation

if TYPE_CHECKING:
    from core.accounts.models import User

# model name -> EntityView class, so that pages find each other and tests walk them all.
ENTITIES: dict[str, type[EntityBase]] = {}


class EntityRequest(HttpRequest):
    """A request that LoginRequiredMiddleware has let through."""

    user: User
    htmx: Any


class EntityBase(View):
    """Scope, permissions, addresses and read events of an entity's pages.

    A subclass is declarations; urls.py names each page:

        path("people/", PersonView.as_view(page="list"), name="person_list"),
        path("people/<uuid:pk>/", PersonView.as_view(page="detail"), name="person_detail"),

    pages: list, create, lookup, export, detail, edit, history, act. Address names are
    <model>_<page>. Every page reads through for_user: a record out of scope is 404, a
    missing permission 403.
    """

    page: str = ""
    request: EntityRequest

    model: ClassVar[type[Any]]
    # 人, 本, 个: the word after a count.
    unit: ClassVar[str] = "条"
    icon: ClassVar[str] = "inbox"
    sections: ClassVar[tuple[Section, ...]] = ()
    related: ClassVar[tuple[Related, ...]] = ()
    actions: ClassVar[tuple[Action, ...]] = ()
    # Field path from a row to the Person it is about ("pk", "person_id"); "" is nobody.
    person_path: ClassVar[str] = ""
    # Field that holds the record this one belongs to ("person"): it is created there and
    # leads back there.
    parent: ClassVar[str] = ""
    # Other template than entity/<page>.html, by page.
    templates: ClassVar[dict[str, str]] = {}
    select_related: ClassVar[tuple[str, ...]] = ()
    # 停用 and 恢复使用, for models with ended_on and end_reason that mean it.
    can_deactivate: ClassVar[bool] = False

    http_method_names = ["get", "post", "head", "options"]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "model" in cls.__dict__:
            ENTITIES[cls.model._meta.model_name] = cls

    # --- Names -----------------------------------------------------------------------

    @classmethod
    def label(cls) -> str:
        return str(cls.model._meta.verbose_name)

    @classmethod
    def list_label(cls) -> str:
        plural = str(cls.model._meta.verbose_name_plural)
        return plural if plural != f"{cls.label()}s" else cls.label()

    @classmethod
    def url(cls, page: str, record: Any = None, **kwargs: Any) -> str:
        """Address of a page, "" where the entity does not have it."""
        if record is not None:
            kwargs["pk"] = record.pk
        try:
            return reverse(f"{cls.model._meta.model_name}_{page}", kwargs=kwargs or None)
        except NoReverseMatch:
            return ""

    @classmethod
    def permission(cls, verb: str) -> str:
        meta = cls.model._meta
        return f"{meta.app_label}.{verb}_{meta.model_name}"

    def template(self, page: str) -> str:
        return self.templates.get(page, f"entity/{page}.html")

    # --- Who and which ---------------------------------------------------------------

    def may(self, verb: str) -> bool:
        return self.request.user.has_perm(self.permission(verb))

    def require(self, verb: str) -> None:
        if not self.may(verb):
            raise PermissionDenied

    def rows(self) -> Any:
        """Every row in the user's scope."""
        return self.model.objects.for_user(self.request.user)

    def get_record(self, *, lock: bool = False) -> Any:
        """The record of the address: 404 when it is not in the user's scope.

        Locked records are read without joins: a lock on an outer join is refused.
        """
        rows = self.rows()
        if lock:
            rows = rows.select_for_update(of=("self",))
        elif self.select_related:
            rows = rows.select_related(*self.select_related)
        record = rows.filter(pk=self.kwargs["pk"]).first()
        if record is None:
            raise Http404
        return record

    @classmethod
    def all_actions(cls) -> tuple[Action, ...]:
        """The declared actions, and 停用 where the entity has it."""
        return (*cls.actions, *(deactivation(cls.permission("end")) if cls.can_deactivate else ()))

    def actions_for(self, record: Any) -> list[Action]:
        user = self.request.user
        return [a for a in self.all_actions() if user.has_perm(a.permission) and a.when(record)]

    # --- Read events -----------------------------------------------------------------

    def leave_read_event(self, kind: str, records: list[Any], **detail: Any) -> None:
        """Who read whose data. When it cannot be written the reading fails."""
        if not self.person_path:
            return
        people = {getattr(record, self.person_path) for record in records} - {None}
        if not people:
            return
        ReadEvent.record(
            user=self.request.user,
            kind=kind,
            people=sorted(people),
            entity=self.model._meta.label_lower,
            **detail,
        )

    # --- Dispatch --------------------------------------------------------------------

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return getattr(self, f"{self.page}_page")()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        handler = getattr(self, f"{self.page}_submitted", None)
        return handler() if handler else self.http_method_not_allowed(request)

    def context(self, **extra: Any) -> dict[str, Any]:
        return {
            "view": self,
            "label": self.label(),
            "list_label": self.list_label(),
            "list_url": self.url("list"),
            "today": timezone.localdate(),
            **extra,
        }
