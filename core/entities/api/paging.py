"""Pages of the API's lists, as the lists of the product have them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import exceptions
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.entities.paging import Paginator, count_rows

PAGE_SIZE, PAGE_SIZE_MAX = 30, 200


class Pagination(BasePagination):
    """Pages as the lists have them: ?page=2&per=30, cheap at a million rows."""

    def paginate_queryset(
        self, queryset: QuerySet[Any], request: Request, view: Any = None
    ) -> list[Any]:
        per = self._number(request, "per", PAGE_SIZE)
        if not 1 <= per <= PAGE_SIZE_MAX:
            raise exceptions.ValidationError({"per": [f"每页 1 至 {PAGE_SIZE_MAX} 条。"]})
        plain = request.query_params.copy()
        for name in ("page", "per"):
            plain.pop(name, None)
        key = f"api|{request.user.region_id}|{request.user.pk}|{plain.urlencode()}"
        ordering = list(queryset.model._meta.ordering)
        order = ordering if ordering[-1].lstrip("-") in {"id", "pk"} else [*ordering, "pk"]
        paginator = Paginator(
            queryset,
            per_page=per,
            count=count_rows(queryset, key=key),
            order=order,
            fetch=view.fetch,
        )
        number = self._number(request, "page", 1)
        if not 1 <= number <= paginator.num_pages:
            raise exceptions.ValidationError({"page": [f"共 {paginator.num_pages} 页。"]})
        self.request, self.page, self.per = request, paginator.page(number), per
        return list(self.page.object_list)

    @staticmethod
    def _number(request: Request, name: str, default: int) -> int:
        text = request.query_params.get(name, "")
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise exceptions.ValidationError({name: ["请填写正整数。"]})
        return int(text)

    def get_paginated_response(self, data: Any) -> Response:
        address, page = self.request.build_absolute_uri(), self.page
        following = page.next_page_number if page.has_next else None
        before = page.previous_page_number if page.has_previous else None
        return Response({
            "count": page.paginator.count,
            "page": page.number,
            "pages": page.paginator.num_pages,
            "next": replace_query_param(address, "page", following) if following else None,
            "previous": replace_query_param(address, "page", before) if before else None,
            "results": data,
        })  # fmt: skip

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        whole = {"type": "integer"}
        return {
            "type": "object",
            "required": ["count", "page", "pages", "results"],
            "properties": {
                "count": whole,
                "page": whole,
                "pages": whole,
                "next": link,
                "previous": link,
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        whole = {"type": "integer", "minimum": 1}
        return [
            {"name": "page", "in": "query", "description": "第几页", "schema": whole},
            {
                "name": "per",
                "in": "query",
                "description": "每页几条",
                "schema": {**whole, "maximum": PAGE_SIZE_MAX, "default": PAGE_SIZE},
            },
        ]
