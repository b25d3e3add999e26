"""The list of an entity: search, filters, columns, sorting, pages, selection."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render

from core.audit.models import ReadEvent
from core.entities.blanks import blanks_of
from core.entities.entity import ENTITIES
from core.entities.listing import PAGE_SIZES, SORT_ANYTHING_UP_TO, Listing
from core.entities.made import table_of
from core.entities.models import SavedView
from core.entities.pages.base import EntityPage
from core.entities.paging import Page
from core.entities.reach import Reach
from core.entities.saved import PARAMETER, opening, saved_views, views_of
from core.entities.tables import AsRead
from core.secrecy.numbers import Secret, secret_in
from core.text import tidy_name


class ListPage(EntityPage):
    page = "list"
    # Parameters that say what the list is of: no condition, and kept when all are cleared.
    kept: Mapping[str, str] = MappingProxyType({})

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.reach.require("view")
        if self._secret_in(self.request.GET.get("q", "")):
            # Typed into the address by hand: it must not stay there.
            messages.info(self.request, "证件号、电话、证书号请在查找框中输入。")
            return HttpResponseRedirect(self.url("list"))
        if not self.request.GET and (by_default := opening(self.entity, self.views)):
            return HttpResponseRedirect(by_default)
        return self.show(self.listing(self.request.GET))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The search field. Numbers of people are looked up here and never in an address."""
        self.reach.require("view")
        text = tidy_name(self.request.POST.get("q", ""))
        if secret := self._secret_in(text):
            return self.show(self.listing(QueryDict(), secret))
        params = QueryDict(self.request.POST.get("keep", "").lstrip("?"), mutable=True)
        for name in ("page", "q"):
            params.pop(name, None)
        for name, value in self.kept.items():
            params.setdefault(name, value)
        if text:
            params["q"] = text[:60]
        return HttpResponseRedirect(f"{self.request.path}?{params.urlencode()}".rstrip("?"))

    def _secret_in(self, text: str) -> Secret | None:
        """A number that must not stand in an address; a code that names nobody may."""
        secret = secret_in(text)
        names = self.entity.found_by
        if secret and secret.kind == "certificate" and (names is None or names(secret) is None):
            return None
        return secret

    def show(self, listing: Listing) -> HttpResponse:
        params = listing.params
        if self.request.htmx and self.request.htmx.target == "dialog-place":
            context = {"filterset": listing.filterset, "label": self.entity.label}
            context |= {"q": params.get("q", ""), "clear_url": self.url("list")}
            context["kept"] = self.kept
            return render(self.request, "entity/filters.html", context)
        listing.shown = table_of(self.entity).shown(self._chosen_columns(params))
        page = listing.page()
        kind = ReadEvent.Kind.SEARCH if listing.secret else ReadEvent.Kind.LIST
        self.reach.leave_read_event(kind, page.object_list, **listing.trace())
        is_piece = self.request.htmx and self.request.htmx.target == "list"
        context = self.list_context(listing, page)
        if is_piece:
            response = render(self.request, "entity/list.html#rows", context)
        else:
            response = self.render(context)
        self._remember_columns(response, params)
        return response

    def list_context(self, listing: Listing, page: Page) -> dict[str, Any]:
        """What the list says. A subclass may add to it."""
        count, params, secret = page.paginator.count, listing.params, listing.secret
        table = self._table(listing, page)
        keep = params.copy()
        for name in ("page", "q"):
            keep.pop(name, None)
        words = listing.words()
        saved = self._saved(params)
        elsewhere = self.entity.elsewhere
        found = elsewhere(secret, self.request.user) if elsewhere and secret and not count else {}
        return self.context(
            title=listing.title,
            tabs=self._tabs(),
            presets=self._presets(params),
            table=table,
            page=page,
            filterset=listing.filterset,
            chips=listing.chips(),
            not_understood=listing.filterset.not_understood,
            saved=saved,
            clear_url=saved["all_url"],
            words=words,
            count=count,
            q="" if secret else params.get("q", ""),
            keep=keep.urlencode(),
            kept=self.kept,
            params=params,
            has_filters=listing.has_conditions,
            filters_open="filters" in params,
            columns=[
                (name, label, name in table.columns.names())
                for name, label in type(table).choosable()
            ],
            sizes=PAGE_SIZES,
            sorting_limited=listing.size > SORT_ANYTHING_UP_TO,
            scope=listing.scope_code,
            print_scope=f"{words} 共 {count} {self.entity.unit}",
            is_counted=True,
            empty_title=self.entity.empty_title,
            empty_hint=self.entity.empty_hint,
            **self._offers(table.is_selectable),
            **found,
        )

    def _offers(self, may_export: bool) -> dict[str, Any]:
        """What may be done from here."""
        entity, user = self.entity, self.request.user
        may_add = self.reach.may("add") and entity.is_created_alone and bool(entity.url("create"))
        return {
            "may_add": may_add,
            "create_url": entity.url("create"),
            "create_text": entity.create_label or f"新增{entity.label}",
            "may_export": may_export,
            "may_reveal": self.reach.may("reveal"),
            "export_url": self.url("export"),
            "blanks": blanks_of(entity, user) if may_export else [],
            "may_import": user.has_perm("core.import_ledger"),
            "bulk_links": [
                {"action": action, "url": entity.url("bulk", verb=action.code)}
                for action in entity.all_actions
                if action.in_bulk and user.has_perm(action.permission)
            ],
        }

    def _tabs(self) -> list[dict[str, Any]]:
        """The lists beside this one that the user may see, none when it stands alone."""
        entities = [ENTITIES[name] for name in self.entity.beside]
        return [
            {"label": e.list_label, "url": e.url("list"), "current": e is self.entity}
            for e in entities
            if Reach(e, self.request.user).may("view")
        ]

    def _presets(self, params: QueryDict) -> list[dict[str, Any]]:
        """Conditions asked for by one click; the one without any is current without them all."""
        asked = {(name, value) for name, values in params.lists() for value in values}
        named = {query: set(QueryDict(query).items()) for _, query in self.entity.presets}
        names = {name for pairs in named.values() for name, _ in pairs}
        chosen = {pair for pair in asked if pair[0] in names}
        return [
            {"label": label, "url": f"?{query}", "current": chosen == named[query]}
            for label, query in self.entity.presets
        ]

    @cached_property
    def views(self) -> list[SavedView]:
        return views_of(self.entity, self.request.user)

    def _saved(self, params: QueryDict) -> dict[str, Any]:
        """The saved views of the list, and what of this one could be saved."""
        chosen = self._chosen_columns(params)
        return saved_views(self.entity, self.views, params=params, columns=chosen)

    # --- The table -----------------------------------------------------------------------

    def _table(self, listing: Listing, page: Page) -> Any:
        made, shown = table_of(self.entity), listing.shown
        table = made(
            AsRead(page.object_list),
            exclude=[n for n in made.base_columns if shown is not None and n not in shown],
            orderable=listing.secret is None,
        )
        table.order_by = listing.params.get("sort", "") if listing.sorted_by else ""
        table.below = listing.scope_code
        may_export = self.reach.may("export") and bool(self.url("export"))
        table.is_selectable = may_export and listing.secret is None
        return table

    @property
    def _columns_cookie(self) -> str:
        return f"cols_{self.entity.name}"

    def _chosen_columns(self, params: QueryDict) -> list[str]:
        if "cols" in params:
            return params.getlist("cols")
        return [c for c in self.request.COOKIES.get(self._columns_cookie, "").split(".") if c]

    def _remember_columns(self, response: HttpResponse, params: QueryDict) -> None:
        # A saved view brings its columns along; those of the list stay as they were.
        if "cols" in params and PARAMETER not in params:
            known = set(table_of(self.entity).base_columns)
            chosen = ".".join(c for c in params.getlist("cols") if c in known)
            response.set_cookie(
                self._columns_cookie, chosen, max_age=31536000, samesite="Lax", httponly=True
            )
