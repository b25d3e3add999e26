"""What a ledger of one kind consists of: its columns, their names, cleaning and help.

A resource is a declaration on django-import-export's Resource and Field. Its columns make
the template workbook, the matching of a ledger's header, the checks of the import, the
export and the help page at once. Its row-by-row engine is not used: core.ledgers reads,
compares and writes in sets.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.utils.module_loading import autodiscover_modules
from import_export import fields, resources

from core.dates import today
from core.ledgers.places import PlaceIndex
from core.ledgers.spreadsheets.child import squeeze
from core.rules import Flag, RuleError

if TYPE_CHECKING:
    from core.ledgers.models import ImportBatch

Cleaner = Callable[[Any, "RowCheck"], Any]

_IDS = 20_000
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


class Column(fields.Field):
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


@dataclass
class RowCheck:
    """One ledger row on its way: what is wrong, what is remarked, what it would write.

    `insert` and `update` map a model label ("talent.person") to the column values of one
    row; ciphertext and digests are hex with PostgreSQL's \\x in front. `key` identifies
    the row (digest of the natural key); `shown` is what the preview may show, masked.
    """

    number: int
    context: ImportContext
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, str]] = field(default_factory=list)
    flags: list[dict[str, str]] = field(default_factory=list)
    insert: dict[str, dict[str, Any]] = field(default_factory=dict)
    update: dict[str, dict[str, Any]] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)
    key: bytes | None = None

    def refuse(self, column: str, message: str, rule: str = "") -> None:
        message = _LONG_NUMBER.sub(r"\1********", message)
        self.errors.append({"column": column, "message": message, "rule": rule})

    def flag(self, flag: Flag, column: str = "") -> None:
        remark = flag.as_remark(column)
        remark["message"] = _LONG_NUMBER.sub(r"\1********", remark["message"])
        self.flags.append(remark)


@dataclass
class ImportContext:
    """On whose behalf a ledger is read: the user, the region scope, the day.

    `places` resolves what people call a region; `memory` is for what a resource keeps
    during one run.
    """

    user: Any
    places: Any
    day: Any
    batch_id: Any = None
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
        return cls(user, PlaceIndex(batch.region_id), today(), batch.pk)


class ScopedResource(resources.Resource):
    """A kind of ledger. Subclasses declare Columns and three methods.

    `kind` is its code ("people"), `label` its name, `models` the labels of the models it
    writes, parents first. `permission` is what the importing user needs.
    """

    kind: ClassVar[str]
    label: ClassVar[str]
    permission: ClassVar[str]
    models: ClassVar[tuple[str, ...]]
    # Attributes whose columns must be present in the header at all.
    template_version: ClassVar[str] = "2026-1"
    notes: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def columns(cls) -> list[Column]:
        return [f for f in cls.fields.values() if isinstance(f, Column)]

    @classmethod
    def column_names(cls) -> set[str]:
        """Every squeezed name by which some column is known."""
        return {name for column in cls.columns() for name in column.names}

    def build(self, row: RowCheck) -> None:
        """From row.values to row.key, row.shown and row.insert; may refuse or flag."""
        raise RuleError("KIND", "此类台账暂不能导入。")

    def look_across(self, batch: Any) -> None:
        """Add the remarks (W) that need the whole file, in sets, to what was staged.

        May be called again for the same rows and must not repeat itself then.
        """

    def candidates(self, batch: Any) -> set[int]:
        """Numbers of the staged rows that meet something in the registry, by one query."""
        raise RuleError("KIND", "此类台账暂不能导入。")

    def tied(self, batch: Any, numbers: set[int]) -> set[int]:
        """Numbers of the staged rows that these may change the outcome of, by one query:
        here those with the key of one of them."""
        keys = batch.rows.filter(number__in=numbers, key__isnull=False).values("key")
        return set(batch.rows.filter(key__in=keys).values_list("number", flat=True))

    def compare(self, rows: list[Any], context: ImportContext) -> None:
        """Decide the outcome of staged rows against the registry, in sets.

        Sets `outcome`, `writes`, `messages` and `diff` of each ImportRow given.
        """
        raise RuleError("KIND", "此类台账暂不能导入。")

    def before_apply(self, batch: Any, context: ImportContext) -> None:
        """What must exist before the rows are written (unknown stations, say)."""

    def after_apply(self, batch: Any, context: ImportContext) -> None:
        """What follows from the rows written, in the same transaction."""

    def after_undo(self, batch: Any) -> None:
        """Take back what followed, as far as nobody acted on it."""


REGISTRY: dict[str, type[ScopedResource]] = {}


def register(resource: type[ScopedResource]) -> type[ScopedResource]:
    """Class decorator: make a kind of ledger known to the importer."""
    REGISTRY[resource.kind] = resource
    return resource


def kinds() -> dict[str, type[ScopedResource]]:
    """All kinds of ledgers, by code; every app's resources module declares its own."""
    autodiscover_modules("resources")
    return REGISTRY


def resource_for(kind: str) -> ScopedResource:
    """The resource of a kind. Raises KeyError for an unknown one."""
    return kinds()[kind]()
