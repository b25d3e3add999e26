"""The list of an entity: search, filters, columns, sorting, pages, selection."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render

from core.audit.models import ReadEvent
from core.entities.filters import RecordFilter
from core.entities.pages.base import ENTITIES, EntityBase
from core.entities.paging import Paginator, count_rows, page_number
from core.entities.saved import opening, saved_views
from core.entities.tables import RecordTable
from core.regions.names import place_name, working_region_code
from core.secrecy.numbers import Secret, secret_in
from core.text import normalise

# Parameters of a list's address that are not filters.
_VIEW_PARAMS = frozenset({"page", "per", "sort", "cols", "filters", "view"})
PAGE_SIZES = (20, 30, 50)
# Above this many rows only orders that an index serves are offered.
_SORT_ANYTHING_UP_TO = 20_000
_PATTERN_LIMIT = 100_000


class ListPage(EntityBase):
    table: ClassVar[type[RecordTable]]
    filterset: ClassVar[type[RecordFilter]]
    prefetch: ClassVar[tuple[str | Prefetch, ...]] = ()
    search_hint: ClassVar[str] = "名称"
    create_label: ClassVar[str] = ""
    empty_hint: ClassVar[str] = ""
    # Offer the 新增 button on the list (not for what is created from another record).
    is_created_alone: ClassVar[bool] = True
    # Entities whose lists are tabs of one another, this one's among them.
    beside: ClassVar[tuple[str, ...]] = ()

    def secret_condition(self, secret: Secret) -> Any:
        """Rows that an ID number, phone or certificate number names; override."""
        return None

    def _secret_in(self, text: str) -> Secret | None:
        """A number that must not stand in an address; a code that names nobody may."""
        secret = secret_in(text)
        if secret and secret.kind == "certificate" and self.secret_condition(secret) is None:
            return None
        return secret

    # --- Pages -------------------------------------------------------------------------

    def list_page(self) -> HttpResponse:
        self.require("view")
        if self._secret_in(self.request.GET.get("q", "")):
            # Typed into the address by hand: it must not stay there.
            messages.info(self.request, "证件号、电话、证书号请在查找框中输入。")
            return HttpResponseRedirect(self.request.path)
        path = self.request.path
        entity = self.model._meta.label_lower
        user = self.request.user
        if not self.request.GET and (by_default := opening(entity=entity, user=user, path=path)):
            return HttpResponseRedirect(by_default)
        return self._list(self.request.GET)

    def list_submitted(self) -> HttpResponse:
        """The search field. Numbers of people are looked up here and never in an address."""
        self.require("view")
        text = normalise(self.request.POST.get("q", ""))
        if secret := self._secret_in(text):
            return self._list(QueryDict(), secret=secret)
        params = QueryDict(self.request.POST.get("keep", "").lstrip("?"), mutable=True)
        for name in ("page", "q"):
            params.pop(name, None)
        if text:
            params["q"] = text[:60]
        return HttpResponseRedirect(f"{self.request.path}?{params.urlencode()}".rstrip("?"))

    def _list(self, params: QueryDict, secret: Secret | None = None) -> HttpResponse:
        filterset = self.filtered(params)
        if self.request.htmx and self.request.htmx.target == "dialog-place":
            context = {"filterset": filterset, "label": self.label(), "q": params.get("q", "")}
            context["clear_url"] = self.request.path
            return render(self.request, "entity/filters.html", context)
        queryset = filterset.qs
        if secret is not None:
            condition = self.secret_condition(secret)
            queryset = (
                self.rows().filter(condition) if condition is not None else self.rows().none()
            )
        page = self._page(params, filterset, queryset)
        kind = ReadEvent.Kind.SEARCH if secret else ReadEvent.Kind.LIST
        self.leave_read_event(kind, page.object_list, query=self._loggable(params))
        template = self.template("list")
        partial = self.request.htmx and self.request.htmx.target == "list"
        context = self._list_context(params, filterset, page, secret)
        response = render(self.request, f"{template}#rows" if partial else template, context)
        self._remember_columns(response, params)
        return response

    # --- Rows --------------------------------------------------------------------------

    def scope_code(self) -> str:
        """The region the list is about before any filter: where one works in now."""
        return working_region_code(self.request)

    def filtered(self, params: QueryDict) -> RecordFilter:
        """The bound filterset over the rows in scope, the search text applied."""
        rows = self.rows()
        code = self.scope_code()
        if code and code != self.request.user.region_id and not params.get("region"):
            rows = rows.in_region(code)
        filterset = self.filterset(params, queryset=rows, request=self.request)
        text = normalise(params.get("q", ""))
        if text:
            matching = rows.filter(filterset.search(text))
            # Fenced by the limit: with an order and a pattern together the planner walks
            # the index of the order (900 ms against 3).
            ids = matching.order_by().values("pk")[:_PATTERN_LIMIT]
            fenced = self.rows().filter(pk__in=ids)
            filterset.queryset = fenced if filterset.is_fenced else matching
        return filterset

    def _page(self, params: QueryDict, filterset: RecordFilter, queryset: QuerySet[Any]) -> Any:
        plain = QueryDict(mutable=True)
        for name, values in params.lists():
            if name not in _VIEW_PARAMS:
                plain.setlist(name, sorted(values))
        scope = f"{self.request.user.region_id}|{self.scope_code()}"
        key = f"{scope}|{plain.urlencode()}|{self.page}"
        count = count_rows(queryset, key=key) if self.request.method == "GET" else queryset.count()
        order = self._order(params, count)
        per = int(params["per"]) if params.get("per", "").isdecimal() else 0
        paginator = Paginator(
            queryset,
            per_page=per if per in PAGE_SIZES else PAGE_SIZES[1],
            count=count,
            order=order,
            fetch=self._fetch,
            key=key if self.request.method == "GET" else "",
        )
        return paginator.page(page_number(params.get("page")))

    def _fetch(self, ids: list[Any]) -> QuerySet[Any]:
        rows = self.rows().filter(pk__in=ids)
        if self.select_related:
            rows = rows.select_related(*self.select_related)
        return rows.prefetch_related(*self.prefetch)

    def _order(self, params: QueryDict, count: int) -> list[str]:
        default = list(self.model._meta.ordering)
        default = default if default[-1].lstrip("-") in {"id", "pk"} else [*default, "id"]
        wanted = params.get("sort", "")
        name, minus = wanted.lstrip("-"), wanted.startswith("-")
        column = self.table.base_columns.get(name)
        if column is None or column.orderable is False:
            return default
        fields = self.table.sorts.get(name)
        if fields is None:
            if count > _SORT_ANYTHING_UP_TO:
                return default
            fields = tuple(column.order_by or (column.accessor or name,))
        fields = tuple(str(f).replace(".", "__") for f in fields)
        return [*(f"-{f}" if minus else f for f in fields), "-id" if minus else "id"]

    # --- What the page says --------------------------------------------------------------

    def _list_context(
        self, params: QueryDict, filterset: RecordFilter, page: Any, secret: Secret | None
    ) -> dict[str, Any]:
        count = page.paginator.count
        shown = self.table.shown(self._chosen_columns(params))
        table = self.table(
            page.object_list,
            exclude=[n for n in self.table.base_columns if n not in shown],
            orderable=secret is None,
        )
        table.order_by = params.get("sort", "")
        table.below = self.scope_code()
        table.is_selectable = self.may("export") and bool(self.url("export")) and secret is None
        keep = params.copy()
        for name in ("page", "q"):
            keep.pop(name, None)
        described = filterset.described()
        has_filters = bool(described or params.get("q") or secret)
        user = self.request.user
        saved = saved_views(
            entity=self.model._meta.label_lower,
            user=user,
            path=self.request.path,
            query=params.urlencode(),
            columns=self._chosen_columns(params),
        )
        return self.context(
            saved=saved,
            title=self.list_label(),
            tabs=self._tabs(),
            table=table,
            page=page,
            filterset=filterset,
            chips=self._chips(params, described),
            not_understood=filterset.not_understood,
            clear_url=saved["all_url"],
            words=self._words(params, described, secret),
            count=count,
            q="" if secret else params.get("q", ""),
            keep=keep.urlencode(),
            params=params,
            has_filters=has_filters,
            filters_open="filters" in params,
            columns=[(n, label, n in shown) for n, label in self.table.choosable()],
            sizes=PAGE_SIZES,
            may_add=self.may("add") and self.is_created_alone and bool(self.url("create")),
            create_url=self.url("create"),
            create_text=self.create_label or f"新增{self.label()}",
            may_export=table.is_selectable,
            may_reveal=self.may("reveal"),
            export_url=self.url("export"),
            sorting_limited=count > _SORT_ANYTHING_UP_TO,
            print_scope=f"{self._words(params, described, secret)} 共 {count} {self.unit}",
            bulk_links=[
                {"action": action, "url": url}
                for action in self.all_actions()
                if action.in_bulk
                and user.has_perm(action.permission)
                and (url := self.url("bulk", verb=action.code))
            ],
            may_import=user.has_perm("core.import_ledger"),
        )

    def _tabs(self) -> list[dict[str, Any]]:
        """The lists beside this one that the user may see, none when it stands alone."""
        views = [ENTITIES[name] for name in self.beside]
        return [
            {"label": view.list_label(), "url": view.url("list"), "current": view is type(self)}
            for view in views
            if self.request.user.has_perm(view.permission("view"))
        ]

    def _words(self, params: QueryDict, described: list[tuple[str, str]], secret: Any) -> str:
        """「南明区 在岗 持证」: the scope and what is filtered, for the count and the print."""
        region = next((words for name, words in described if name == "region"), "")
        parts = [region or place_name(self.scope_code())]
        parts += [words for name, words in described if name != "region"]
        if secret is not None:
            parts = [place_name(self.request.user.region_id), f"按{secret.label}查找"]
        elif params.get("q"):
            parts.append(f"“{params['q']}”")
        return " ".join(parts)

    def _chips(self, params: QueryDict, described: list[tuple[str, str]]) -> list[dict[str, str]]:
        chips = [(name, words) for name, words in described]
        if params.get("q"):
            chips.insert(0, ("q", f"“{params['q']}”"))
        result = []
        for name, words in chips:
            rest = params.copy()
            for part in (name, f"{name}_text", f"{name}_pick", "page"):
                rest.pop(part, None)
            result.append({"label": words, "remove": f"?{rest.urlencode()}"})
        return result

    def _loggable(self, params: QueryDict) -> str:
        """The filter as the read log keeps it: without the search text."""
        return urlencode([(n, v) for n, vs in params.lists() for v in vs if n != "q"])[:500]

    # --- Columns -------------------------------------------------------------------------

    def _columns_cookie(self) -> str:
        return f"cols_{self.model._meta.model_name}"

    def _chosen_columns(self, params: QueryDict) -> list[str]:
        if "cols" in params:
            return params.getlist("cols")
        return [c for c in self.request.COOKIES.get(self._columns_cookie(), "").split(".") if c]

    def _remember_columns(self, response: HttpResponse, params: QueryDict) -> None:
        # A saved view brings its columns along; those of the list stay as they were.
        if "cols" in params and "view" not in params:
            known = set(self.table.base_columns)
            chosen = ".".join(c for c in params.getlist("cols") if c in known)
            response.set_cookie(
                self._columns_cookie(), chosen, max_age=31536000, samesite="Lax", httponly=True
            )
