"""The form of a record: model fields in sections, rules of the model layer, a version."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from core.dates import precision_name
from core.entities.display import date_as_known
from core.entities.forms.fields import (
    DateField,
    DecimalField,
    IntegerField,
    LookupField,
    NationalPlaceField,
    RegionField,
    TextField,
    narrow,
    say_what_is_missing,
)
from core.entities.forms.widgets import SearchSelect
from core.entities.signed import REASON
from core.national import PlaceField
from core.regions.models import Region
from core.rules import Answers, Flag, RuleError, warnings
from core.secrecy.fields import EncryptedTextField

if TYPE_CHECKING:
    from core.entities.entity import Entity

Layout = tuple[tuple[str, tuple[str, ...]], ...]
# UX "Forms": up to five as radio buttons, up to fifteen as a select, more as a search field.
_RADIO_UP_TO, _SELECT_UP_TO = 5, 15
# Maintained by actions, named by constraints: checked though no form holds them.
CHECKED_ALWAYS = frozenset({"ended_on"})


def record_formfield(db_field: Any, **kwargs: Any) -> forms.Field | None:
    """The form field of a model field: our dates, regions, searches and choices."""
    if isinstance(db_field, models.DateField) and not isinstance(db_field, models.DateTimeField):
        return db_field.formfield(**{"form_class": DateField, **kwargs})
    if isinstance(db_field, models.ForeignKey):
        if db_field.remote_field.model is Region:
            return db_field.formfield(**{"form_class": RegionField, **kwargs})
        return db_field.formfield(**{"form_class": LookupField, **kwargs})
    if isinstance(db_field, ArrayField) and db_field.base_field.choices:
        return forms.MultipleChoiceField(
            choices=db_field.base_field.choices,
            label=str(db_field.verbose_name),
            required=not db_field.blank,
            help_text=str(db_field.help_text),
            widget=forms.CheckboxSelectMultiple,
        )
    if isinstance(db_field, PlaceField):
        return db_field.formfield(form_class=NationalPlaceField, max_length=None, **kwargs)
    if db_field.choices:
        return _choice_field(db_field, **kwargs)
    return _plain_field(db_field, **kwargs)


def _plain_field(db_field: Any, **kwargs: Any) -> forms.Field | None:
    if isinstance(db_field, models.CharField) and "widget" not in kwargs:
        return db_field.formfield(**{"form_class": TextField, **kwargs})
    if isinstance(db_field, models.DecimalField | models.IntegerField):
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"class": "w-number", "inputmode": "decimal"})
        )
        is_decimal = isinstance(db_field, models.DecimalField)
        form_class = DecimalField if is_decimal else IntegerField
        return db_field.formfield(form_class=form_class, localize=False, **kwargs)
    return db_field.formfield(**kwargs)


def _choice_field(db_field: Any, **kwargs: Any) -> forms.Field:
    choices = [(str(value), label) for value, label in db_field.choices]
    few, many = len(choices) <= _RADIO_UP_TO, len(choices) > _SELECT_UP_TO
    has_blank = db_field.blank or not db_field.has_default()
    if has_blank and not (few and not db_field.blank):
        choices = [("", "不填" if db_field.blank else "请选择"), *choices]
    return forms.TypedChoiceField(
        choices=choices,
        coerce=db_field.to_python,
        empty_value="" if not db_field.null else None,
        label=str(db_field.verbose_name),
        required=not db_field.blank,
        initial=db_field.get_default() if db_field.has_default() else None,
        help_text=str(db_field.help_text),
        widget=kwargs.get("widget")
        or (forms.RadioSelect if few else SearchSelect if many else forms.Select),
    )


class RecordForm(forms.ModelForm):
    """A record's form, made of its entity by `form_for`.

    `user` narrows every choice to the scope. The entity's `check` calls the rules of the model
    layer: a RuleError lands on its field; a flag of level W asks for a reason, which travels to
    the history. Encrypted values are never sent out again: an empty field keeps them.
    """

    entity: ClassVar[Entity]
    layout: ClassVar[Layout] = ()

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.flags: list[Flag] = []
        self.kept: dict[str, str] = {}
        # What the rules worked out of the entered values, for fields that no form has.
        self.derived: dict[str, Any] = {}
        self.only: frozenset[str] | None = None
        for name, field in self.fields.items():
            narrow(field, user, self._current(name))
            self._describe(name, field)
        self._show_as_known()
        self.fields["reason"] = forms.CharField(
            label="说明",
            required=False,
            max_length=200,
            help_text="对上面的提示说明情况，例如「原件如此，已核对」。会记入修改历史。",
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        say_what_is_missing(self.fields, self._meta.model)

    def _current(self, name: str) -> Any:
        return None if self.instance._state.adding else getattr(self.instance, name, None)

    def _describe(self, name: str, field: forms.Field) -> None:
        if name in {f.name for f in self._meta.model._meta.fields} and isinstance(
            self._meta.model._meta.get_field(name), EncryptedTextField
        ):
            self._keep(name, field)

    def _keep(self, name: str, field: forms.Field) -> None:
        field.widget.attrs |= {"class": "mono-input", "autocomplete": "off", "spellcheck": "false"}
        value = getattr(self.instance, name, "")
        if not value or self.instance._state.adding:
            return
        self.kept[name] = value
        self.initial[name] = ""
        field.required = False
        masked = getattr(self.instance, f"masked_{name}", "已登记")
        field.help_text = f"现为 {masked}。不修改请留空。"

    # --- Rules -------------------------------------------------------------------------

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        """The entity's rules on the record as it would be saved; what they clean is taken over."""
        entered = copy(self.instance)
        names = [name for name in self.fields if name in self.entity.field_names]
        for name in names:
            setattr(entered, name, cleaned.get(name))
        before, answers = dict(vars(entered)), Answers()
        for check in filter(None, (self.entity.check, self.entity.check_beside)):
            answers.ask(check, entered)
        for column in self.entity.model._meta.fields:
            value = vars(entered).get(column.attname)
            if value == before.get(column.attname):
                continue
            if column.name in names:
                cleaned[column.name] = getattr(entered, column.name)
            else:
                self.derived[column.attname] = value
        return answers.settle()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in self.kept.items():
            if not cleaned.get(name) and name not in self.errors:
                cleaned[name] = value
        self._precisions(cleaned)
        answers = Answers()
        answers.ask(self.check, cleaned)
        try:
            self.flags = answers.settle()
        except RuleError as error:
            self.flags = list(error.flags)
            self.add_rule_error(error)
        if warnings(self.flags):
            self.fields["reason"].required = True
            if not cleaned.get("reason"):
                self.add_error("reason", "有需要说明的内容，请核对后填写说明再保存。")
        return cleaned

    def add_rule_error(self, error: ValidationError) -> None:
        """Put what the model layer refused on its fields, or above the form."""
        for each in getattr(error, "each", (error,)):
            self._add_refusal(each)

    def _add_refusal(self, error: ValidationError) -> None:
        field = getattr(error, "field", "")
        field = "reason" if field == REASON else field
        if field in self.errors:
            # What cannot be read there is no answer to what else the rules ask.
            return
        self.add_error(field if field in self.fields else None, ValidationError(error.messages))

    def _show_as_known(self) -> None:
        """A date that is known to the month stands in its field as a month."""
        for name, field in self.fields.items():
            if not isinstance(field, DateField):
                continue
            if not hasattr(self.instance, precision_name(name)):
                continue
            if field.help_text == DateField.HINT:
                field.help_text = DateField.MONTH_HINT
            if isinstance(value := self.initial.get(name), datetime.date):
                self.initial[name] = date_as_known(self.instance, name, value)

    def _precisions(self, cleaned: dict[str, Any]) -> None:
        columns = {f.name for f in self._meta.model._meta.fields}
        for name, field in self.fields.items():
            precision = precision_name(name)
            if isinstance(field, DateField) and precision in columns and name in self.changed_data:
                setattr(self.instance, precision, field.precision)

    def _post_clean(self) -> None:
        """Constraints are checked with what was worked out."""
        for attribute, value in self.derived.items():
            setattr(self.instance, attribute, value)
        super()._post_clean()

    def _get_validation_exclusions(self) -> set[str]:
        """Constraints that name the parent are checked, though it is not in the form."""
        return super()._get_validation_exclusions() - {self.entity.parent, *CHECKED_ALWAYS}

    @property
    def warnings(self) -> list[Flag]:
        return warnings(self.flags)

    def show_only(self, names: Iterable[str]) -> None:
        """Show these fields; the others travel with the form unseen, as they are."""
        self.only = frozenset(names)

    def sections(self) -> list[dict[str, Any]]:
        """(title, shown bound fields) in the order of the layout, the unlisted ones last.

        A short form has no titles: the section of the record that it stands in has one.
        """
        listed = {name for _, names in self.layout for name in names}
        rest = tuple(n for n in self.fields if n not in listed and n != "reason")
        result = [
            {
                "title": title if self.only is None else "",
                "fields": [self[n] for n in names if self._is_shown(n)],
            }
            for title, names in (*self.layout, ("", rest))
        ]
        return [section for section in result if section["fields"]]

    def unseen(self) -> list[Any]:
        """The bound fields that are not shown."""
        return [self[n] for n in self.fields if n != "reason" and not self._is_shown(n)]

    def _is_shown(self, name: str) -> bool:
        return name in self.fields and (self.only is None or name in self.only)

    def add_constraint_error(self, name: str) -> bool:
        """The sentence of a database constraint that a concurrent save has hit."""
        for constraint in self._meta.model._meta.constraints:
            if constraint.name == name:
                self.add_error(None, constraint.get_violation_error_message())
                return True
        return False


def form_for(entity: Entity, *, is_new: bool = False) -> type[RecordForm]:
    """The form of an entity's records: what of the sections may be edited."""
    layout_of = entity.layout(is_new=is_new)

    class Meta:
        model = entity.model
        fields = tuple(name for _, names in layout_of for name in names)
        formfield_callback = staticmethod(record_formfield)
        field_classes = dict(entity.form_fields)

    return type(
        f"{entity.model.__name__}Form",
        (entity.form or RecordForm,),
        {"Meta": Meta, "entity": entity, "layout": layout_of},
    )
