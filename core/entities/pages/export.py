"""Export of a list to Excel, as it is filtered, through the one writer."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse

from core.entities.blanks import Rows, blank_for
from core.entities.export_values import is_place
from core.entities.exporting import ExportRequest, is_left_to_a_job, queue_export
from core.entities.listing import Listing
from core.entities.made import export_of
from core.entities.pages.base import EntityPage
from core.entities.paths import field_at, reader
from core.entities.workbooks import check_unmasked, export_table
from core.rules import RuleError
from core.secrecy.numbers import secret_in

EXPORT_ROWS = 200_000
# Characters of a search, as its field takes them.
_LONGEST_SEARCH = 60


class ExportPage(EntityPage):
    """POST only: an export leaves a ReadEvent. `filter` is the list's query string, `ids`
    the selected rows unless `all_matching` is set; `format` is xlsx, csv or the code of a
    blank form; `unmasked` with a `reason` writes full ID numbers and phones for who may see
    them. A record's own page sends itself as `record`."""

    page = "export"
    # How many rows a file may have, None for as many as a sheet takes.
    most: ClassVar[int | None] = EXPORT_ROWS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        self.reach.require("export")
        return self.http_method_not_allowed(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        self.reach.require("export")
        record = self.request.POST.get("record", "")
        ids = [record] if record else chosen_ids(self.request.POST)
        listing = self.listing(asked_by(self.request.POST))
        try:
            words = listing.file_words(is_chosen=bool(ids))
            return self._export(listing, listing.chosen(ids), words)
        except RuleError as error:
            if isinstance(request, ExportRequest):
                raise
            messages.error(self.request, str(error))
            return HttpResponseRedirect(self._back(record))

    def _back(self, record: str) -> str:
        """Where it was asked."""
        found = self.listing(QueryDict()).chosen([record]).first() if record else None
        return self.entity.url("detail", found) if found is not None else self.url("list")

    def count(self, listing: Listing, rows: Any) -> int:
        """How many rows the file will have."""
        return int(rows.count())

    def _export(self, listing: Listing, rows: Any, words: str) -> HttpResponseBase:
        entity, post, count = self.entity, self.request.POST, self.count(listing, rows)
        blank = blank_for(entity, self.request.user, post.get("format", ""))
        if self.most is not None and count > self.most:
            raise RuleError("EXPORT", "超过 20 万行，请先按地区或条件筛选后分别导出。")
        reveal = entity.permission("reveal") if post.get("unmasked") else ""
        check_unmasked(self.request.user, reveal=reveal, purpose=post.get("reason", ""))
        # Two files of one list are told apart by their names.
        title = f"{listing.title}：{blank.label}" if blank else listing.title
        title = f"{title}（完整号码）" if reveal else title
        if is_left_to_a_job(self.request, count):
            needs = [name for name in (entity.permission("export"), reveal) if name]
            made = queue_export(self.request, title=title, words=words, rows=count, needs=needs)
            return HttpResponseRedirect(reverse("export_wait", kwargs={"pk": made.pk}))
        report = self.request.report if isinstance(self.request, ExportRequest) else None
        if blank is not None:
            return blank.write(
                Rows(
                    user=self.request.user,
                    entity=entity,
                    rows=listing.in_order(rows),
                    region=listing.scope_code or self.request.user.region_id or "",
                    words=words,
                    reason=post.get("reason", "") if reveal else "",
                    report=report,
                )
            )
        # Regions are told by their codes; joining them would cost an object a row.
        joined = [n for n in entity.select_related if not is_place(field_at(entity.model, n))]
        rows = listing.in_order(rows.select_related(*joined))
        return export_table(
            user=self.request.user,
            title=title,
            columns=list(export_of(entity)),
            rows=listing.read(rows),
            kind="csv" if post.get("format") == "csv" else "xlsx",
            people=reader(entity.person) if entity.person else None,
            purpose=post.get("reason", ""),
            filter_text=words,
            reveal=reveal,
            report=report,
            entity=entity.model._meta.label_lower,
        )


def asked_by(post: Any) -> QueryDict:
    """The conditions of the list that something was sent from."""
    asked = QueryDict(post.get("filter", "").lstrip("?"))
    if any("\0" in text for item in asked.lists() for text in (item[0], *item[1])):
        # The middleware has looked at what was sent, not at what is written in it.
        raise SuspiciousOperation
    if text := asked.get("q", ""):
        # No page asks so: a number is searched by what is sent, and kept in no log of exports.
        secret = secret_in(text)
        if len(text) > _LONGEST_SEARCH or (secret is not None and secret.kind != "certificate"):
            raise SuspiciousOperation
    return asked


def chosen_ids(post: Any) -> list[str]:
    """Keys of the rows chosen one by one, none where all that the list shows were."""
    return [] if post.get("all_matching") else post.getlist("ids")
