"""Fields that take what people type: dates of any shape, regions by name or code."""

from __future__ import annotations

import calendar
import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.dates import parse_date
from core.entities.forms.widgets import (
    LookupWidget,
    PlaceWidget,
    RegionWidget,
    SearchSelect,
    TypedChoice,
)
from core.entities.forms.words import say_what_is_wrong
from core.national import place_label, places_named
from core.regions.models import Region
from core.regions.names import place_name, resolve_regions
from core.scoping import scope_choices
from core.secrecy.identity import refuse_id_number, without_id_numbers
from core.text import as_number, is_none, normalise, tidy, tidy_name


class DateField(forms.DateField):
    """A date in any sane format; `precision` is how much of it was written (D, M, Y)."""

    HINT = "如 2021-03-01。"
    # Where how much is known is kept, or asked for.
    MONTH_HINT = "如 2021-03-01；只知道年月可写 2021-03。"

    def __init__(self, **kwargs: Any) -> None:
        kwargs["help_text"] = kwargs.get("help_text") or self.HINT
        kwargs.setdefault(
            "widget",
            forms.DateInput(
                format="%Y-%m-%d",
                attrs={"class": "w-date", "inputmode": "numeric", "autocomplete": "off"},
            ),
        )
        super().__init__(**kwargs)
        self.precision = "D"

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and is_none(value):
            return None
        parsed = parse_date(value, label=str(self.label or "日期"))
        self.precision = parsed.precision if parsed else "D"
        return parsed.day if parsed else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Also by how exactly the date is known, where the form says how it was (a text)."""
        try:
            was, now = _known(initial), _known(data)
        except ValidationError:
            return True
        if isinstance(initial, str) or was is None or now is None:
            return was != now
        return was[0] != now[0]


def _known(value: Any) -> tuple[datetime.date, str] | None:
    """(day, precision) of a date or of what stands in a field, None for nothing."""
    if isinstance(value, datetime.date):
        return value, "D"
    if value is None or is_none(value):
        return None
    parsed = parse_date(value, label="日期")
    return (parsed.day, parsed.precision) if parsed else None


class LastDayField(DateField):
    """The last day of what was written: up to 2021-06 is up to the 30th."""

    def to_python(self, value: Any) -> Any:
        day = super().to_python(value)
        if day is None or self.precision == "D":
            return day
        month = day.month if self.precision == "M" else 12
        return day.replace(month=month, day=calendar.monthrange(day.year, month)[1])


def narrow(field: forms.Field, user: Any, current: Any = None) -> None:
    """Of a field whose choices are rows, leave those in the user's scope; `current` may stay."""
    if isinstance(field, RegionField | LookupField):
        field.bind_user(user, current)
    elif isinstance(field, forms.ModelChoiceField):
        field.queryset = scope_choices(field.queryset, user)


def say_what_is_missing(fields: dict[str, forms.Field], model: Any = None) -> None:
    """A required field left empty is answered in a sentence that names it, and whatever is
    wrong in one that says what to do: that of the model's column where it has one."""
    columns = {column.name: column for column in model._meta.fields} if model else {}
    for name, field in fields.items():
        say_what_is_wrong(field, columns[name].validators if name in columns else ())
        typed = isinstance(field.widget, TypedChoice | SearchSelect)
        chosen = isinstance(field, forms.ChoiceField) or isinstance(
            field.widget, forms.CheckboxInput
        )
        verb = "请选择" if chosen and not typed else "请填写"
        field.error_messages["required"] = f"{verb}{field.label}。"
        if isinstance(field.widget, SearchSelect):
            field.error_messages["invalid_choice"] = (
                "「%(value)s」不在列表中，或不止一项。请输入名称、拼音或首字母，再从列表中选择。"
            )


class PlainForm(forms.Form):
    """A form without a record behind it: an error names what is missing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self.fields)


class NoteField(forms.CharField):
    """Text as the registry keeps it: without invisible characters, its punctuation as it was
    typed. What stands in it is for the form's own rules to judge."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return tidy(text) if text else ""


class TextField(NoteField):
    """Names and other words that are shown as they are, in one writing; an ID number in them
    is refused (R22)."""

    def to_python(self, value: Any) -> str:
        text = tidy_name(super().to_python(value))
        refuse_id_number(text)
        return text


class FreeTextField(NoteField):
    """Words about people, kept without anybody's ID number (R22)."""

    def to_python(self, value: Any) -> str:
        return without_id_numbers(super().to_python(value))


class WrittenNumber:
    """Mixin of number fields: takes 「1,200」 and 「12 万元」 as well as 120000."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and not is_none(value):
            try:
                value = format(as_number(value), "f")
            except ValueError:
                message = f"「{normalise(value)[:20]}」不是数字，请只填数字。"
                raise ValidationError(message, code="invalid") from None
        return super().to_python(value)  # type: ignore[misc]


class DecimalField(WrittenNumber, forms.DecimalField):
    pass


class IntegerField(WrittenNumber, forms.IntegerField):
    pass


class RegionField(forms.ModelChoiceField):
    """A region of the user's scope: chosen level by level, or typed as name, pinyin or code.

    A region the record already has may stay, even when it is outside the scope or abolished.
    """

    widget = RegionWidget

    def __init__(self, *, queryset: Any = None, min_level: int = 0, **kwargs: Any) -> None:
        kwargs["help_text"] = (
            kwargs.get("help_text") or "逐级选择，或输入名称、拼音、首字母、代码。"
        )
        super().__init__(Region.objects.none() if queryset is None else queryset, **kwargs)
        self.min_level = min_level

    def bind_user(self, user: Any, current: Any = None) -> None:
        """Narrow to what the user may choose; called by the form."""
        self.user, self.current = user, current
        self.queryset = Region.objects.for_user(user).current()
        self.widget.user = user

    def to_python(self, value: Any) -> Region | None:
        if value in self.empty_values:
            return None
        text = normalise(str(value))
        if self.current is not None and text == self.current.pk:
            return self.current
        found = resolve_regions(text, self.user)
        if len(found) == 1:
            return self._checked(found[0])
        if not found:
            raise ValidationError(
                f"在您的辖区内没有找到「{text}」，请从列表中选择。", code="unknown"
            )
        names = "、".join(f"{place_name(r.pk)}（{r.pk}）" for r in found[:6])
        raise ValidationError(f"「{text}」不止一个：{names}。请选择其中一个。", code="ambiguous")

    def _checked(self, region: Region) -> Region:
        if region.level < self.min_level:
            level = Region.Level(self.min_level).label
            raise ValidationError(f"请选到{level}一级。", code="level")
        return region

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, Region) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "")


class NationalPlaceField(forms.CharField):
    """A county of the whole country by its six-digit code, past ones too, or its name."""

    widget = PlaceWidget

    def __init__(self, **kwargs: Any) -> None:
        # A column of a model passes an empty one.
        hint = kwargs.get("help_text") or "输入县（市、区）名称或 6 位区划代码，外省也可以。"
        kwargs["help_text"] = hint
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        text = normalise(super().to_python(value) or "")
        if not text:
            return ""
        found = places_named(text) or places_named(text.split()[-1].strip("()"))
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(f"没有找到「{text}」，请输入县（市、区）全称或 6 位代码。")
        candidates = "、".join(f"{place_label(c)} {c}" for c in found[:6])
        raise ValidationError(f"「{text}」不止一个：{candidates}。请写上省、市，或输入其中的代码。")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """The form says a code by its name: sent back as it is, nothing has changed."""
        try:
            return self.to_python(data) != (initial or "")
        except ValidationError:
            return True


# Names that a message offers for a part of one.
_ALIKE = 6


class LookupField(forms.ModelChoiceField):
    """A record of another entity, found by typing its name; choices are the user's scope.

    A record already chosen may stay when it is outside the scope.
    """

    widget = LookupWidget

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        kwargs["help_text"] = kwargs.get("help_text") or "输入名称查找，从列表中选择。"
        super().__init__(queryset, **kwargs)

    def bind_user(self, user: Any, current: Any = None) -> None:
        self.user, self.current = user, current
        self.widget.entity = self.queryset.model._meta.model_name
        self.widget.current = current
        self.queryset = self.queryset.model.objects.for_user(user)
        self.widget.find = lambda pk: self.queryset.filter(pk=pk).first()

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if self.current is not None and str(value) == str(self.current.pk):
            return self.current
        try:
            found = list(self.queryset.filter(pk=value)[:2])
        except (ValueError, ValidationError):
            found = list(self.queryset.filter(name=tidy_name(str(value)))[:2])
        if len(found) == 1:
            return found[0]
        text = "这一项" if len(str(value)) == 36 else f"「{value}」"
        if found:
            raise ValidationError(f"{text}不止一个，请从列表中选择。", code="ambiguous")
        alike = self.queryset.filter(name__icontains=tidy_name(str(value))).order_by("name", "pk")
        if names := "、".join(dict.fromkeys(alike.values_list("name", flat=True)[:_ALIKE])):
            raise ValidationError(
                f"{text}没有写全，您要找的可能是：{names}。请从列表中选择。", code="unknown"
            )
        raise ValidationError(f"在您的辖区内没有找到{text}，请从列表中选择。", code="unknown")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(getattr(initial, "pk", initial) or "") != str(data or "")
