"""Sheets are issued, taken along as workbooks or on paper, looked through when they are back."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from core.audit.models import ReadEvent
from core.entities.exporting import ExportRequest, is_left_to_a_job, queue_export
from core.entities.listing import Listing
from core.entities.pages.base import EntityPage
from core.entities.pages.export import ExportPage, chosen_ids
from core.entities.pages.plain import one_of
from core.entities.pages.record import DetailPage
from core.entities.workbooks import CONTENT_TYPES, file_name
from core.regions.names import place_name, working_region_code
from core.rules import RuleError
from stations.models import Organization, Station
from talent.codes import RosterAnswer
from talent.posts.models import Post
from talent.rosters import actions, workbooks
from talent.rosters.models import Roster, RosterLine

# Sheets that a browser lays out at once.
PAPERS = 300
_KINDS: dict[str, Any] = {"station": Station, "organization": Organization}


# --- Issuing ----------------------------------------------------------------------------------
class IssuePage(EntityPage):
    """Asks once before sheets are issued: for the employer that the address names, else for all
    of the area one works in."""

    page = "create"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.reach.require("add")
        employer, user = self._employer(self.request.GET), self.request.user
        posts = self._posts(employer)
        return self.render(
            self.context(
                title="出在岗确认单",
                employer=employer,
                kind=next((name for name in _KINDS if isinstance(employer, _KINDS[name])), ""),
                place=place_name(working_region_code(self.request)),
                kept=actions.kept_elsewhere(posts, by=user).exists(),
                most=actions.AT_ONCE,
                **actions.tally(actions.asked_of(posts, by=user), by=user)._asdict(),
            )
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.reach.require("add")
        employer = self._employer(self.request.POST)
        try:
            made = actions.issue(posts=self._posts(employer), by=self.request.user)
        except RuleError as refusal:
            messages.error(self.request, str(refusal))
            return HttpResponseRedirect(self.request.get_full_path())
        messages.success(self.request, f"已出 {len(made)} 张在岗确认单，可以下载或打印。")
        if len(made) == 1:
            return HttpResponseRedirect(self.entity.url("detail", made[0]))
        return HttpResponseRedirect(f"{self.url('list')}?state=1")

    def _employer(self, asked: Any) -> Any:
        """The employer of the address, in the user's scope, else 404; None for all."""
        for name, model in _KINDS.items():
            if key := asked.get(name):
                try:
                    return one_of(model.objects.for_user(self.request.user), key)
                except (ValueError, ValidationError):
                    raise Http404 from None
        return None

    def _posts(self, employer: Any) -> Any:
        if employer is not None:
            return actions.posts_of(employer, by=self.request.user)
        region = working_region_code(self.request)
        return Post.objects.for_user(self.request.user).in_region(region)


# --- Taken along ------------------------------------------------------------------------------
Sheet = tuple[Roster, list[RosterLine]]


class _Sheets(NamedTuple):
    """Sheets with the people on each, and all of those."""

    sheets: list[Sheet]

    @classmethod
    def of(cls, rosters: QuerySet[Roster]) -> _Sheets:
        found = workbooks.with_lines(rosters)
        return cls([(roster, list(roster.lines.all())) for roster in found])

    @property
    def people(self) -> list[Any]:
        return sorted({line.person_id for _, lines in self.sheets for line in lines})


class WorkbooksPage(ExportPage):
    """The sheets that a list shows, or some of them, as workbooks: several are one ZIP."""

    def count(self, listing: Listing, rows: Any) -> int:
        """A sheet costs as much as some rows of a list."""
        return int(rows.count()) * 10

    def _export(self, listing: Listing, rows: Any, words: str) -> Any:
        count, title = rows.count(), workbooks.TITLE
        if not count:
            raise RuleError("EXPORT", "没有可以下载的在岗确认单，请先出单，或改一改筛选条件。")
        if is_left_to_a_job(self.request, self.count(listing, rows)):
            needs = [self.entity.permission("export")]
            made = queue_export(self.request, title=title, words=words, rows=count, needs=needs)
            return HttpResponseRedirect(reverse("export_wait", kwargs={"pk": made.pk}))
        found = _Sheets.of(self.entity.joined(rows))
        file = tempfile.TemporaryFile(prefix="export-")  # noqa: SIM115  the response closes it
        try:
            name = _write(file, found, self._told)
            kind = name.rpartition(".")[2]
            file.seek(0)
            ReadEvent.record(
                user=self.request.user,
                kind=ReadEvent.Kind.EXPORT,
                people=found.people,
                title=title,
                filter=words,
                rows=sum(len(lines) for _, lines in found.sheets),
                format=kind,
                unmasked=False,
                sha256=hashlib.sha256(file.read()).hexdigest(),
                entity=self.entity.model._meta.label_lower,
            )
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return FileResponse(
            file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[kind]
        )

    def _told(self, sheets: Iterable[Sheet]) -> Iterator[Sheet]:
        """The sheets, while who waits for them is told how far they are."""
        for number, sheet in enumerate(sheets, start=1):
            if isinstance(self.request, ExportRequest):
                self.request.report(number)
            yield sheet


def _write(file: IO[bytes], found: _Sheets, told: Callable[[Iterable[Sheet]], Any]) -> str:
    """The one workbook, or all of them in a ZIP as they are `told`; the name of the file."""
    if len(found.sheets) > 1:
        workbooks.write_archive(file, told(found.sheets))
        return file_name(workbooks.TITLE, "zip")
    ((roster, lines),) = found.sheets
    file.write(workbooks.workbook(roster, lines))
    return workbooks.name_of(roster)


class PaperPage(EntityPage):
    """The same sheets for the printer: each begins a page, the browser makes one PDF of them."""

    page = "paper"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.reach.require("export")
        listing = self.listing(self.request.GET)
        try:
            rows = listing.chosen(chosen_ids(self.request.GET))
        except RuleError as refusal:
            messages.error(self.request, str(refusal))
            return HttpResponseRedirect(self.url("list"))
        found = _Sheets.of(self.entity.joined(rows)[: PAPERS + 1])
        if len(found.sheets) > PAPERS:
            messages.error(
                self.request, f"一次最多打印 {PAPERS} 张，请先筛选；也可以打包下载后打印。"
            )
            return HttpResponseRedirect(self.url("list"))
        _leave_read_event(self, [line for _, lines in found.sheets for line in lines])
        sheets = [
            {
                "roster": roster,
                "asked": workbooks.asked(roster),
                "lines": list(workbooks.printed(lines)),
            }
            for roster, lines in found.sheets
        ]
        return self.render(
            self.context(
                title=f"打印{workbooks.TITLE}",
                heads=[label for label, _ in workbooks.HEADS],
                sheets=sheets,
                newcomers=workbooks.NEWCOMERS,
                signed=workbooks.SIGNED,
                blank=range(workbooks.BLANK),
            )
        )


def _leave_read_event(page: EntityPage, lines: list[RosterLine]) -> None:
    """Whose names a page about sheets has shown."""
    if people := sorted({line.person_id for line in lines}):
        ReadEvent.record(
            user=page.request.user,
            kind=ReadEvent.Kind.LIST,
            people=people,
            page=page.page,
            entity=page.entity.model._meta.label_lower,
        )


# --- One sheet, one newcomer ------------------------------------------------------------------
class RosterPage(DetailPage):
    """Who was not mentioned and of whom nothing was said stand by themselves: those are asked
    about, and nobody is taken to have left."""

    def detail_context(self, record: Any) -> dict[str, Any]:
        by_answer: dict[str, list[RosterLine]] = {RosterAnswer.UNSAID: [], RosterAnswer.NONE: []}
        if record.returned_on:
            for line in workbooks.lines_of(record):
                if line.answer in by_answer:
                    by_answer[line.answer].append(line)
            _leave_read_event(self, [line for lines in by_answer.values() for line in lines])
        return super().detail_context(record) | {
            "unsaid": by_answer[RosterAnswer.UNSAID],
            "silent": by_answer[RosterAnswer.NONE],
            "newer": record.successor(self.request.user),
            "may_export": self.reach.may("export"),
            "batch_url": reverse("import_detail", kwargs={"pk": record.batch})
            if record.batch and self.request.user.has_perm("core.import_ledger")
            else "",
        }


class ArrivalPage(DetailPage):
    """Leads to the form of a new person, or to a post of somebody who is registered."""

    def detail_context(self, record: Any) -> dict[str, Any]:
        user, context = self.request.user, super().detail_context(record)
        if record.state != "待登记":
            return context
        people = (
            list(actions.same_name(record, by=user)) if user.has_perm("talent.add_post") else []
        )
        if people:
            ReadEvent.record(
                user=user, kind=ReadEvent.Kind.SEARCH, people=[p.pk for p in people],
                entity="talent.person",
            )  # fmt: skip
        return context | {"people": people, "may_register": user.has_perm("talent.add_person")}
