"""What a kind of ledger consists of: its columns, their names, cleaning and help.

A Ledger is the declaration; its columns make the template workbook, the matching of a
ledger's header, the checks of the import and the help page at once. They are fields of
django-import-export; the row-by-row engine of the library is not used: core.ledgers reads,
compares and writes in sets.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q
from import_export import fields

from core.dates import today
from core.entities.navigation import in_order
from core.ledgers.asking import Question
from core.ledgers.places import PlaceIndex
from core.ledgers.points import POINT, Point
from core.ledgers.spreadsheets.child import squeeze
from core.ledgers.words import WORD, known_words
from core.rules import Flag

if TYPE_CHECKING:
    from core.ledgers.models import ImportBatch

Cleaner = Callable[[Any, "RowCheck"], Any]

_IDS = 20_000
# Between an attribute and its number where a part stands in a sheet more than once.
AGAIN = "#"
_LEFT_OUT = "这一格没有录入。"
# Of a person, a phone or a bank: what stands in a wrong column must not stay readable.
_LONG_NUMBER = re.compile(r"([0-9]{3})[0-9]{8,}[0-9Xx]?")


def _random_ids(count: int, *, beginning: str) -> list[str]:
    """UUIDs of version 4 as text, without the cost of the objects: 90 random bits each
    behind eight given hexadecimal digits."""
    random = os.urandom(12 * count).hex()
    return [
        f"{beginning}-{d[:4]}-4{d[5:8]}-{'89ab'[int(d[8], 16) & 3]}{d[9:12]}-{d[12:]}"
        for d in (random[i : i + 24] for i in range(0, len(random), 24))
    ]


class LedgerColumn(fields.Field):
    """A column: the attribute it fills, its name and synonyms, how a cell is cleaned.

    `clean(value, row)` gets a cell that is not empty (None, 无 and / are empty already) and
    returns a JSON value, or raises RuleError with a sentence.
    """

    def __init__(
        self,
        attribute: str,
        label: str,
        clean: Cleaner,
        *,
        synonyms: Iterable[str] = (),
        is_required: bool = False,
        choices: Iterable[str] = (),
        hint: str = "",
        example: str = "",
        width: int = 14,
        is_text: bool = False,
        takes_none: bool = False,
        is_money: bool = False,
        is_own: bool = False,
        is_decisive: bool = False,
        is_count: bool = False,
        part: str = "",
        takes_codes: bool = True,
        follows: bool = False,
        told_by: Callable[[str], str] | None = None,
        instead: Iterable[str] = (),
        without: str = "",
    ) -> None:
        super().__init__(attribute=attribute, column_name=label)
        self.label, self.clean_cell = label, clean
        self.names = frozenset(squeeze(name) for name in (label, *synonyms))
        self.is_required, self.choices = is_required, tuple(choices)
        self.hint, self.example, self.width, self.is_text = hint, example, width, is_text
        # Cells like 无 reach the cleaner instead of meaning "empty".
        self.takes_none = takes_none
        # The header may say that amounts are in 万元.
        self.is_money = is_money
        # Read where our own export comes back; nobody is asked to fill it in.
        self.is_own = is_own
        # A word that nobody knows may not pass for an empty cell: it decides what counts.
        self.is_decisive = is_decisive or is_required
        # A number of things, or money: said once, it is not said of the rows beside it.
        self.is_amount = is_money or is_count
        # Columns of one part (a certificate) may stand in a sheet more than once.
        self.part = part
        # Required, but a sheet may lack it: it may follow from the rest of a row.
        self.follows = follows
        # Columns that together say the same: a sheet with these lacks nothing.
        self.instead = frozenset(instead)
        # A list may be laid beside the registry without it; what an import that lacks it is told.
        self.without = without
        # What a title, the name of a sheet or a note says of it for the whole sheet, "" for
        # nothing: 「2025届」.
        self.told_by = told_by
        # 1 and 0 may be codes, where all cells are or the header says so.
        self.takes_codes = takes_codes


@dataclass
class RowCheck:
    """One ledger row on its way: what is wrong, what is remarked, what it would write.

    `insert` maps a model label ("talent.person") to records by their columns; ciphertext and
    digests are hex with PostgreSQL's \\x in front. `key` identifies the row (digest of the
    natural key); `shown` is what the preview may show, masked.
    """

    number: int
    context: ImportContext
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    flags: list[dict[str, Any]] = field(default_factory=list)
    insert: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)
    key: bytes | None = None
    # Columns whose cells could not be read, and were left out.
    dropped: set[str] = field(default_factory=set)

    def write(self, model: str, record: dict[str, Any]) -> None:
        """One more record that the row would insert, by its columns."""
        self.insert.setdefault(model, []).append(record)

    def refuse(self, column: str, message: str, rule: str = "") -> None:
        message = _LONG_NUMBER.sub(r"\1********", message)
        self.errors.append({"column": column, "message": message, "rule": rule})

    def wonder(self, column: LedgerColumn, word: str, message: str, code: str | None) -> None:
        """A word that only the office knows the meaning of: `code`, None as long as nobody has
        said it, which a decisive column waits for."""
        level = "W" if code is None else "I"
        waits = code is None and column.is_decisive
        said = self.errors if waits else self.flags
        said.append({
            "column": column.label, "message": message, "rule": WORD, "level": level,
            "attribute": column.attribute, "word": word, "code": code, "waits": waits,
        })  # fmt: skip

    def drop(self, column: LedgerColumn, message: str, rule: str = "") -> None:
        """Leave a cell out that cannot be read: an optional one never costs the row."""
        self.dropped.add(column.attribute)
        self.flag(Flag(rule, "W", f"{message}{_LEFT_OUT}"), column.label)

    def ask(self, question: Question, message: str, *, rule: str = "", column: str = "") -> None:
        """Put a question about what the row itself says, which holds it until it is answered."""
        self.flag(Flag(rule, "W", message), column)
        self.flags[-1] |= question.asked("")

    def is_asked(self, attribute: str) -> bool:
        """Whether it is open what a word in a column means."""
        said = (m for m in self.flags if m.get("attribute") == attribute)
        return any(m["code"] is None for m in said)

    def wonder_about(self, point: Point, message: str, column: str = "") -> str | None:
        """Put a question that many rows share; the answer, None as long as nobody gave one."""
        answer = self.context.answers.get(point.code)
        if answer not in dict(point.options):
            answer = None
        waits = answer is None and point.waits
        said = self.errors if waits else self.flags
        level = "W" if answer is None else "I"
        message = _LONG_NUMBER.sub(r"\1********", message)
        said.append({
            "column": column, "message": message, "rule": POINT, "level": level,
            "point": point.code, "title": point.title, "code": answer,
            "options": [list(option) for option in point.options], "proposed": point.proposed,
            "waits": waits,
        })  # fmt: skip
        return answer

    @property
    def outcome(self) -> str:
        """What the check alone comes to: refused, held (something has to be answered) or new."""
        if self.errors:
            return "held" if all(said.get("waits") for said in self.errors) else "refused"
        return "held" if any("question" in said for said in self.flags) else "new"

    def flag(self, flag: Flag, column: str = "") -> None:
        remark = flag.as_remark(column)
        remark["message"] = _LONG_NUMBER.sub(r"\1********", remark["message"])
        self.flags.append(remark)


@dataclass
class ImportContext:
    """On whose behalf a ledger is read: the user, the region scope, the day.

    `places` resolves what people call a region; `memory` is for what a ledger keeps during
    one run.
    """

    user: Any
    places: Any
    day: Any
    batch_id: Any = None
    # (attribute, word) -> code: what the office means by words that nobody else knows.
    words: dict[tuple[str, str], str] = field(default_factory=dict)
    # Code of a point -> answer, for this file.
    answers: dict[str, str] = field(default_factory=dict)
    # How the sheet is read: see ImportBatch.reading.
    reading: dict[str, Any] = field(default_factory=dict)
    # Whether the list is only laid beside the registry.
    is_comparison: bool = False
    # Whether some part (a certificate) may stand in the sheet more than once.
    has_repeats: bool = True
    memory: dict[str, Any] = field(default_factory=dict)
    _ids: list[str] = field(default_factory=list)
    _beginning: str = field(default_factory=lambda: os.urandom(4).hex())

    def new_id(self) -> str:
        """A random id for a record to be inserted; those of one run begin alike.

        So a ledger's entries in every index of ids stand side by side: 100,000 rows into a
        million people touch a third of the pages and are written in two thirds of the time.
        """
        if not self._ids:
            ids = _random_ids(_IDS, beginning=self._beginning)
            self._ids = sorted(ids, reverse=True)
        return self._ids.pop()

    @classmethod
    def of(cls, batch: ImportBatch) -> Self:
        """In the name of who set the job going, within the office that took the ledger in.

        So a prefecture that confirms a county's ledger reaches no further than the county.
        """
        user = copy(batch.job.by or batch.by)
        user.region_id = batch.region_id
        return cls(
            user,
            PlaceIndex(batch.region_id),
            today(),
            batch.pk,
            known_words(batch.kind, batch.region_id),
            batch.answers,
            batch.reading,
            batch.is_comparison,
            any(AGAIN in name for name in (*batch.mapping, *batch.whole)),
        )


Batch = Any
Rows = list[Any]


def tied_by_key(batch: Any, numbers: set[int]) -> set[int]:
    """The rows with the key of one of some."""
    keys = batch.rows.filter(number__in=numbers, key__isnull=False).values("key")
    return set(batch.rows.filter(key__in=keys).values_list("number", flat=True))


def nothing(*args: Any) -> None:
    """What follows from most ledgers."""


def no_facts(batch: Any, rows: Rows) -> dict[int, list[tuple[str, str]]]:
    return {}


@dataclass(frozen=True, kw_only=True, eq=False)
class Ledger:
    """A kind of ledger, by functions of the room that knows what its rows mean.

    kind, label     its code ("people") and its name
    permission      what the importing user needs
    models          labels of the models it writes, parents first
    columns         its LedgerColumns
    build           from row.values to row.key, row.shown and row.insert; may refuse or flag
    look_across     adds the remarks (W) that need the whole file, in sets, to what was staged;
                    may be called again for the same rows and must not repeat itself then
    parts           model -> its column for the main record, of parts that a record may have
                    several of: rows that differ in nothing else are about one record
    fresh           columns, of all models or of one (talent.person.number), that are others each
                    time a row is checked
    candidates      numbers of the staged rows that meet something in the registry, by one query
    tied            numbers of the staged rows that these may change the outcome of, by one query
    compare         decides the outcome of staged rows against the registry, in sets: sets
                    `outcome`, `writes`, `messages` and `diff` of each ImportRow given
    before_apply    makes what must exist before the rows are written (unknown stations, say)
    after_apply     what follows from the rows written, in the same transaction
    tell            number of a row -> (label, text) of what it stores, for the rows of a page
    fills           attribute (level#1 and level#2 where a sheet has it twice), or a heading that
                    no ledger reads (年龄) -> function of (record, day): what a form is filled with
                    where no column of the export says it
    listed          attribute -> which records a form lists that has no such column, by "" which
                    any form lists
    shown_as        label of a difference -> attributes of the columns that it is about, where no
                    column is called so
    periods         columns that say of which time a record is: a list of 2025 lacks none of 2024
    expected        of which records a list that was taken in should name all, as a condition
    public          attributes of columns that, besides the name, are kept of a refused row (in
                    `shown`): what may be shown
    is_register     whether it lists records as others keep them too: such lists are laid beside
                    the registry, are forms that it fills, and may begin from an empty one
    uncounted       sentences on what of a batch will not count
    named           the keys of the people whom those sentences name
    after_undo      takes back what followed, as far as nobody acted on it
    """

    kind: str
    label: str
    permission: str
    models: tuple[str, ...]
    columns: tuple[LedgerColumn, ...] = ()
    notes: tuple[str, ...] = ()
    template_version: str = "2026-1"
    parts: Mapping[str, str] = field(default_factory=dict)
    fresh: frozenset[str] = frozenset()
    build: Callable[[RowCheck], None]
    compare: Callable[[Rows, ImportContext], None]
    candidates: Callable[[Batch], set[int]]
    tied: Callable[[Batch, set[int]], set[int]] = tied_by_key
    look_across: Callable[[Batch], None] = nothing
    before_apply: Callable[[Batch, ImportContext], None] = nothing
    after_apply: Callable[[Batch, ImportContext], None] = nothing
    after_undo: Callable[[Batch], None] = nothing
    tell: Callable[[Batch, Rows], dict[int, list[tuple[str, str]]]] = no_facts
    uncounted: Callable[[Batch], list[str]] = lambda batch: []
    named: Callable[[Batch], set[Any]] = lambda batch: set()
    fills: Mapping[str, Callable[[Any, Any], Any]] = field(default_factory=dict)
    listed: Mapping[str, Any] = field(default_factory=dict)
    shown_as: Mapping[str, str] = field(default_factory=dict)
    periods: str = ""
    expected: Callable[[Batch], Q] = lambda batch: Q()
    public: tuple[str, ...] = ()
    is_register: bool = True

    def column(self, attribute: str) -> LedgerColumn | None:
        """The column that fills an attribute, or a further one of its part (level#2)."""
        plain = attribute.partition(AGAIN)[0]
        return next((c for c in self.columns if c.attribute == plain), None)

    def column_names(self) -> set[str]:
        """Every squeezed name by which some column is known."""
        return {name for column in self.columns for name in column.names}

    def label_of(self, attribute: str) -> str:
        """The name of the column that fills an attribute, "" where none does."""
        column, number = self.column(attribute), attribute.partition(AGAIN)[2]
        label = column.label if column else ""
        return f"{label}（第 {number} 个）" if number else label


def kinds() -> dict[str, Ledger]:
    """All kinds of ledgers by code, as their entities declare them, in the order of those."""
    return {e.ledger.kind: e.ledger for e in in_order() if e.ledger is not None}


def as_ledger(label: str) -> str:
    """A kind by its label: 人员台账, but a list or a sheet is called so already (名单, 确认单)."""
    return label if label.endswith("单") else f"{label}台账"


def registers() -> dict[str, Ledger]:
    """The kinds of which others keep lists too."""
    return {kind: ledger for kind, ledger in kinds().items() if ledger.is_register}


def ledger_for(kind: str) -> Ledger:
    """The ledger of a kind. Raises KeyError for an unknown one."""
    return kinds()[kind]
