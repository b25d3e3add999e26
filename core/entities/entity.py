"""One declaration an entity: what its record consists of, said once.

    TITLES = part_of_person(
        model=Title, prefix="titles/", icon="star",
        sections=(Section("职称", "person series level obtained_on"),),
        columns=(PERSON_NAME, "series*", "level*", "obtained_on*", PERSON_REGION),
        filters=("region", "level", ENDED),
    )

Form, pages, table, filters, API, addresses, permission names, navigation, export and history
derive from it, each made on first use. A page that differs is a subclass of that page alone,
named in `pages`. An app lists its entities in <app>/entities.py, in the order of the
navigation; urls.py gives all of them their addresses by `addresses_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from core.attachments.owners import declare_files
from core.entities.declarations import Action, Related, Section, deactivation

if TYPE_CHECKING:
    from core.entities.columns import Column
    from core.rules import Flag
    from core.secrecy.numbers import Secret

# Model name -> entity, so that pages find each other and tests walk them all.
ENTITIES: dict[str, Entity] = {}
# What a clerk does to a record.
VERBS = ("view", "add", "change", "end", "export")


def entity_of(record: Any) -> Entity | None:
    """The entity of a record or a model, None where it has no pages of its own."""
    return ENTITIES.get(record._meta.model_name)


@dataclass(frozen=True, kw_only=True, eq=False)
class Entity:
    """A kind of record, or of rows that are only listed.

    model, prefix   prefix of every address ("titles/"); without one its list hangs on a question
                    (a figure), and urls.py gives its pages an address
    unit, icon      the word after a count (人, 本, 个), the picture of an empty list
    sections        fields of a record; the form is what of them may be edited
    columns         of the list: "name" tokens, `*` stays on a phone's card, `?` is hidden until
                    chosen, or Columns; the first one is the link to the record
    filters         "field" or "parameter=field" tokens, ENDED, Between, Chosen, or
                    (parameter, Filter) pairs
    current         rows listed unless the parameter `current_by` is used
    order           of the list where it is not the model's: fields and annotations of `rows`
    presets         (words, query) of conditions that are asked for by one click
    search          field names a typed text is looked for in, or a function of (text, filterset)
    state, colours  field with the state; field -> value -> colour of its tag
    check           a record as it would be saved -> flags; raises RuleError. May set cleaned
                    values on it. Form and ledger call it, a row at a time: it asks nothing of
                    the database. What other rows have to say is for check_beside, which the
                    form calls after it and a ledger asks in sets
    create, update  actions that save a new record or an edit, called with
                    {argument: record, "by": user}; without them the record is saved as it is
    person          path from a row to the id of the Person it is about, "" for nobody
    parent          field of the record that this one belongs to and is created at
    gathered        attribute of a row -> function of keys that finds it in the rows of others,
                    {key: value}, for all rows of a page or of a part of a file at once
    files           what the files of a record usually are (「批复文件 场地照片」), "" where it has
                    none: its page then shows them, its scope is theirs
    """

    model: type[Any]
    prefix: str = ""
    # Its name among the entities and in its addresses, where that is not its model's; the
    # heading of its list.
    code: str = ""
    title: str = ""
    unit: str = "条"
    icon: str = "inbox"
    # Its name in the navigation, where that is shorter.
    menu: str = ""
    sections: tuple[Section, ...] = ()
    columns: Iterable[str | Column] = ()
    filters: Iterable[Any] = ()
    current: Q | None = None
    current_by: str = "state"
    order: str = ""
    presets: tuple[tuple[str, str], ...] = ()
    search: str | Callable[[str, Any], Q] = "name"
    search_hint: str = "名称"
    state: str = ""
    colours: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    # Attributes under the heading, of the right-hand column, and in the results of the search.
    headline: str = ""
    aside: str = "created_at updated_at"
    found_facts: str = ""
    # Labels of attributes that are not fields, or are called otherwise here.
    labels: Mapping[str, str] = field(default_factory=dict)
    related: tuple[Related, ...] = ()
    # Accessors of rows whose changes stand in the record's history, besides the related ones.
    logged: str = ""
    # Accessors of its dated rows, which stand there with all they say and lie where it lies.
    dated: str = ""
    # Fields that the history keeps and nobody reads there.
    silent: str = ""
    actions: tuple[Action, ...] = ()
    # 停用 and 恢复使用, for models with ended_on and end_reason that mean it.
    can_deactivate: bool = False
    check: Callable[[Any], Iterable[Flag]] | None = None
    check_beside: Callable[[Any], Iterable[Flag]] | None = None
    # How offices send many of them: a core.ledgers.ledger.Ledger.
    ledger: Any = None
    create: Callable[..., Any] | None = None
    update: Callable[..., Any] | None = None
    argument: str = ""
    # Base of the form where it differs, and classes of single form fields.
    form: type[Any] | None = None
    form_fields: Mapping[str, Any] = field(default_factory=dict)
    person: str = ""
    parent: str = ""
    files: str = ""
    select_related: tuple[str, ...] = ()
    gathered: Mapping[str, Callable[[list[Any]], Mapping[Any, Any]]] = field(default_factory=dict)
    # Rows in the reach of a user, where that is not the model's for_user.
    rows: Callable[[Any], Any] | None = None
    # verb -> permission, where it is not <app>.<verb>_<model>.
    permissions: Mapping[str, str] = field(default_factory=dict)
    # The only pages made for it, where it has not all of them: the others it lacks, or urls.py
    # gives them an address of its own. Pages that differ.
    only: str = ""
    pages: Mapping[str, type[Any]] = field(default_factory=dict)
    # page -> name of its address, where it is not <model>_<page>; page -> template.
    names: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    # Offered by its name in look-up fields of other forms.
    is_looked_up: bool = False
    # Searched from the top bar.
    is_searched: bool = False
    # Whether a row's name leads to its own page.
    is_opened: bool = True
    # Offers 新增 on its list (not what is created from another record).
    is_created_alone: bool = True
    # Every role that keeps records works on it; else only the permissions that a role names.
    is_record: bool = True
    # Entities whose lists are tabs of one another, by model name, this one's among them.
    beside: tuple[str, ...] = ()
    create_label: str = ""
    # Of an empty list, where it is not that the area has none yet.
    empty_title: str = ""
    empty_hint: str = ""
    # The condition that an ID number, phone or other number names a row.
    found_by: Callable[[Secret], Q | None] | None = None
    # What may be said of a number that the own area does not have.
    elsewhere: Callable[[Secret, Any], dict[str, Any]] | None = None
    # Whether the state of a record allows an ordinary edit, and adding what belongs to it.
    is_open: Callable[[Any], bool] | None = None
    may_grow: Callable[[Any], bool] | None = None
    # A row that ended in its ordinary way is over, not 停用; what it is called then.
    ends_ordinarily: bool = False
    ended_word: str = "已停用"
    # A record by itself, where nothing around it says whose it is.
    named_by: Callable[[Any], str] | None = None
    # What of a record waits for a decision: (record, user) -> label, since, url.
    tasks: Callable[[Any, Any], list[dict[str, Any]]] | None = None
    # Attributes that whoever acts has to see beside the question.
    decided_on: str = ""
    # Attributes that only the export shows.
    export_extra: str = ""
    # Where its API lies, "" for none; fields it has besides or without; its filters, where they
    # are not those of the list.
    api: str = ""
    api_extra: str = ""
    api_without: str = ""
    api_filters: Iterable[Any] | None = None

    def __post_init__(self) -> None:
        ENTITIES[self.name] = self
        if self.files:
            purposes = tuple(self.files.split())
            declare_files(
                self.model,
                person_path=self.person,
                purposes=purposes,
                may_remove=self.is_editable,
            )
        if hasattr(self.ledger, "bind"):
            self.ledger.bind(self)

    # --- Names -----------------------------------------------------------------------

    @cached_property
    def name(self) -> str:
        return self.code or str(self.model._meta.model_name)

    @cached_property
    def label(self) -> str:
        return str(self.model._meta.verbose_name)

    @cached_property
    def list_label(self) -> str:
        if self.title:
            return self.title
        plural = str(self.model._meta.verbose_name_plural)
        return plural if plural != f"{self.label}s" else self.label

    @cached_property
    def keyword(self) -> str:
        """The argument by which actions get the record."""
        return self.argument or self.name

    def permission(self, verb: str) -> str:
        own = f"{self.model._meta.app_label}.{verb}_{self.model._meta.model_name}"
        return self.permissions.get(verb, own)

    def address_name(self, page: str) -> str:
        return self.names.get(page, f"{self.name}_{page}")

    def url(self, page: str, record: Any = None, **kwargs: Any) -> str:
        """Address of a page, "" where the entity does not have it."""
        if record is not None:
            kwargs["pk"] = record.pk
        try:
            return reverse(self.address_name(page), kwargs=kwargs or None)
        except NoReverseMatch:
            return ""

    def template(self, page: str) -> str:
        return self.templates.get(page, f"entity/{page}.html")

    def has(self, page: str) -> bool:
        """Whether the entity has a page at all."""
        if page == "lookup":
            return self.is_looked_up
        if page == "bulk":
            return any(action.in_bulk for action in self.all_actions)
        return not self.only or page in self.only.split()

    # --- Records ---------------------------------------------------------------------

    def reachable(self, user: Any) -> Any:
        """Every row in the reach of a user: the scope choke point."""
        if self.rows is not None:
            return self.rows(user)
        return self.model.objects.for_user(user)

    def joined(self, rows: Any) -> Any:
        """Rows with the records that they name, read together. (None named would be all.)"""
        return rows.select_related(*self.select_related) if self.select_related else rows

    @cached_property
    def field_names(self) -> frozenset[str]:
        return frozenset(f.name for f in self.model._meta.fields)

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """Every attribute that the sections show."""
        return tuple(name for section in self.sections for name in section.fields)

    @cached_property
    def asked_once(self) -> frozenset[str]:
        return frozenset().union(*(section.asked_once for section in self.sections))

    def is_asked(self, name: str, *, is_new: bool = True) -> bool:
        """Whether a form has a field of that name."""
        if name == self.parent or name not in self.field_names:
            return False
        column = self.model._meta.get_field(name)
        return bool(column.editable) and (is_new or name not in self.asked_once)

    def layout(self, *, is_new: bool = True) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(title, names of form fields) of the sections that have any."""
        found = (
            (s.title, tuple(n for n in s.fields if self.is_asked(n, is_new=is_new)))
            for s in self.sections
        )
        return tuple(part for part in found if part[1])

    @cached_property
    def all_actions(self) -> tuple[Action, ...]:
        """The declared actions, and 停用 where the entity has it."""
        return (
            *self.actions,
            *(deactivation(self.permission("end")) if self.can_deactivate else ()),
        )

    def state_of(self, record: Any) -> str:
        """The state in words, "" for what has none."""
        if not self.state:
            return ""
        display = getattr(record, f"get_{self.state}_display", None)
        return str(display() if display else getattr(record, self.state))

    def state_kind(self, record: Any) -> str:
        """The colour of the state: of the word that is said, else of the value."""
        colours = self.colours.get(self.state, {})
        return colours.get(self.state_of(record)) or colours.get(
            getattr(record, self.state, ""), ""
        )

    def is_editable(self, record: Any) -> bool:
        """Whether the state of the record allows an ordinary edit."""
        ended = getattr(record, "ended_on", None)
        if ended and not self.model._meta.get_field("ended_on").editable:
            return False
        return self.is_open is None or self.is_open(record)

    def grows(self, record: Any) -> bool:
        """Whether records that hang on it may be added; what is not edited takes none."""
        return self.is_editable(record) and (self.may_grow is None or self.may_grow(record))

    def is_out_of_use(self, record: Any) -> bool:
        """Deactivated: it no longer counts. What ended in its ordinary way is simply over."""
        return bool(getattr(record, "end_reason", "")) and not self.ends_ordinarily

    def ended(self, record: Any) -> str:
        """What a record that is over is called, "" for one that is not."""
        is_over = self.ends_ordinarily and getattr(record, "ended_on", None)
        return self.ended_word if is_over or self.is_out_of_use(record) else ""

    def parent_of(self, record: Any) -> Any:
        return getattr(record, self.parent) if self.parent else None

    def named(self, record: Any) -> str:
        if self.named_by is not None:
            return self.named_by(record)
        parent = self.parent_of(record)
        return f"{parent}，{record}" if parent else str(record)


def is_dated(column: Any) -> bool:
    """Whether a model field is a day."""
    return isinstance(column, models.DateField) and not isinstance(column, models.DateTimeField)
