"""The REST API of an entity: the scope, masks, filters and pages of the web pages.

It is made of the entity's declaration; config/api_urls.py gives all of them their addresses.
Everything is read-only except what a class adds by itself (change requests).
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from core.audit.models import ReadEvent
from core.dates import precision_name
from core.entities.api.serializers import joined_by, serializer_for
from core.entities.filters import filterset_for
from core.text import tidy_name

if TYPE_CHECKING:
    from core.entities.entity import Entity

_PATTERN_LIMIT = 100_000
_ENDED = ("ended_on", "end_reason")


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "core.entities.api.policy.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "Token 加空格加令牌；令牌在「我的账号」中申请。",
        }


class KnownConditions(APIView):
    """A view that refuses the conditions it does not know: a misspelled one would else be left
    out, and more counted than was asked for."""

    def conditions(self) -> set[str]:
        """What may stand in the address behind the question mark."""
        return set()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        known = self.conditions()
        if unknown := sorted(set(request.query_params) - known):
            offered = f"可用的有：{'、'.join(sorted(known))}" if known else "这个地址不带条件"
            message = f"没有这个条件，{offered}。"
            raise ValidationError({name[:40]: [message] for name in unknown})


_search = OpenApiParameter("q", str, description="姓名、拼音、首字母或名称；号码不能在地址中查找")


class FilterBackend(DjangoFilterBackend):
    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        """Wrong conditions in the form's own words: the library's way takes what was typed into
        them for a format, and fails on a per cent sign."""
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise ValidationError(filterset.errors)
        return filterset.qs


@extend_schema_view(list=extend_schema(parameters=[_search]))
class RecordAPI(KnownConditions, ReadOnlyModelViewSet):
    """List and detail of one kind of rows; that of an entity is made by `api_for`."""

    model: ClassVar[type[Any]]
    entity: ClassVar[Entity | None] = None
    # "pk" or "person_id": whose data a row is, for the read events; "" is nobody's.
    person_path: ClassVar[str] = ""
    select_related: ClassVar[tuple[str, ...]] = ()

    filter_backends = (FilterBackend,)
    lookup_value_converter = "uuid"
    lookup_field = "pk"

    def permission_for(self, request: Request) -> str:
        meta = self.model._meta
        own = f"{meta.app_label}.view_{meta.model_name}"
        return self.entity.permission("view") if self.entity else own

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.model._default_manager.none()
        user = self.request.user
        return self.entity.reachable(user) if self.entity else self.model.objects.for_user(user)

    def fetch(self, ids: list[Any]) -> QuerySet[Any]:
        """The rows of some ids with all that the answer shows, still in scope."""
        return self.get_queryset().filter(pk__in=ids).select_related(*self.select_related)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.detail:
            return queryset.select_related(*self.select_related)
        queryset = super().filter_queryset(queryset)
        text = tidy_name(self.request.query_params.get("q", ""))[:60]
        filterset = getattr(self, "filterset_class", None)
        if text and hasattr(filterset, "search"):
            search = filterset(None, queryset=queryset, request=self.request).search(text)
            # Fenced by the limit, as in core.entities.listing.
            ids = self.get_queryset().filter(search).order_by().values("pk")[:_PATTERN_LIMIT]
            queryset = queryset.filter(pk__in=ids)
        return queryset

    def conditions(self) -> set[str]:
        if self.action != "list":
            return set()
        filterset = FilterBackend().get_filterset_class(self, self.get_queryset())
        return {"q", "page", "per", *getattr(filterset, "base_filters", ())}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        self.leave_read_event(list(rows or []))
        serializer = self.get_serializer(rows, many=True)
        return self.get_paginated_response(serializer.data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        record = self.get_object()
        self.leave_read_event([record])
        return Response(self.get_serializer(record).data)

    def leave_read_event(self, records: list[Any]) -> None:
        """Who read whose data. When it cannot be written the reading fails."""
        if not self.person_path or not records:
            return
        people: set[uuid.UUID] = {getattr(record, self.person_path) for record in records}
        token = getattr(self.request.auth, "purpose", "")
        ReadEvent.record(
            user=self.request.user,
            kind=ReadEvent.Kind.API,
            people=sorted(people - {None}),
            entity=self.model._meta.label_lower,
            token=token,
        )


# --- From a declaration ---------------------------------------------------------------
def api_fields(entity: Entity) -> tuple[str, ...]:
    """What the API tells of a record: all that its page does, as the model has it."""
    shown = (*entity.shown, entity.state, *_ENDED, *entity.aside.split(), *entity.api_extra.split())
    without = {*entity.api_without.split(), "id", "created_at", "updated_at"}
    found: list[str] = []
    for name in shown:
        if name in entity.field_names and name not in without:
            precision = precision_name(name)
            found += [name, *([precision] if precision in entity.field_names else [])]
    return tuple(dict.fromkeys(found))


def api_for(entity: Entity) -> type[RecordAPI]:
    """The view set of an entity."""
    serializer = serializer_for(entity.model, *api_fields(entity))
    made: dict[str, Any] = {
        "entity": entity,
        "model": entity.model,
        "__doc__": RecordAPI.__doc__,
        "person_path": entity.person,
        "serializer_class": serializer,
        "select_related": joined_by(serializer),
        "filterset_class": filterset_for(entity, entity.api_filters),
    }
    return type(f"{entity.model.__name__}API", (RecordAPI,), made)
