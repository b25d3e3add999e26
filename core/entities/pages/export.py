"""Export of a list to Excel, as it is filtered, through the one writer."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from html import unescape
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django_tables2.utils import Accessor

from core.entities.display import KNOWN_LENGTH, NATIONAL_PLACES, label_of, words
from core.entities.pages.base import EntityBase
from core.entities.tables import EMPTY
from core.entities.workbooks import Column, export_table
from core.regions.models import Region
from core.regions.names import place_name, place_names
from core.rules import RuleError
from core.secrecy.fields import EncryptedTextField

EXPORT_ROWS = 200_000
_CHUNK = 2_000


class ExportPage(EntityBase):
    """POST only: an export leaves a ReadEvent. `filter` is the list's query string, `ids`
    the selected rows unless `all_matching` is set; `format` is xlsx or csv; `unmasked`
    with a `reason` writes full ID numbers and phones for who may see them."""

    # Attributes that only the export shows, after the columns of the list.
    export_extra: ClassVar[tuple[str, ...]] = ()

    def export_page(self) -> HttpResponse:
        self.require("export")
        return self.http_method_not_allowed(self.request)

    def export_submitted(self) -> HttpResponse:
        self.require("export")
        try:
            return self.export(self.export_rows())
        except RuleError as error:
            messages.error(self.request, str(error))
            return HttpResponseRedirect(self.url("list"))

    def export_rows(self) -> Any:
        """The rows in scope that the list shows, or the selected ones of them."""
        params = QueryDict(self.request.POST.get("filter", "").lstrip("?"))
        ids = self.request.POST.getlist("ids")
        if ids and not self.request.POST.get("all_matching"):
            return self.rows().filter(pk__in=[pk for pk in ids[:200] if _is_uuid(pk)])
        filterset = self.filtered(params)  # type: ignore[attr-defined]
        if filterset.not_understood:
            words = "；".join(filterset.not_understood)
            raise RuleError("FILTER", f"筛选条件有误，没有办理：{words}")
        return filterset.qs

    def export(self, rows: Any) -> HttpResponse:
        post = self.request.POST
        if rows.count() > EXPORT_ROWS:
            raise RuleError("EXPORT", "超过 20 万行，请先按地区或条件筛选后分别导出。")
        # Regions are told by their codes; joining them would cost an object a row.
        joined = [n for n in self.select_related if not _is_place(_field(self.model, n), n)]
        rows = rows.select_related(*joined).prefetch_related(*getattr(self, "prefetch", ()))
        return export_table(
            user=self.request.user,
            title=self.list_label(),
            columns=self.export_columns(),
            rows=rows.iterator(chunk_size=_CHUNK),
            kind="csv" if post.get("format") == "csv" else "xlsx",
            people=_attribute(self.person_path) if self.person_path else None,
            purpose=post.get("reason", ""),
            filter_text=self.export_words(),
            reveal=self.permission("reveal") if post.get("unmasked") else "",
            entity=self.model._meta.label_lower,
        )

    def export_words(self) -> str:
        """Which rows these are, in words, as the list says it above its table."""
        post = self.request.POST
        if post.getlist("ids") and not post.get("all_matching"):
            return "所选各行"
        params = QueryDict(post.get("filter", "").lstrip("?"))
        described = self.filtered(params).described()  # type: ignore[attr-defined]
        return str(self._words(params, described, None))  # type: ignore[attr-defined]

    # --- Columns -----------------------------------------------------------------------

    def export_columns(self) -> list[Column]:
        """Every column of the list, then every other attribute of the record's sections."""
        columns = {c.label: c for c in self._columns_of_table()}
        names = [n for section in self.sections for n in section.fields]
        labels = getattr(self, "labels", {})
        for name in (*names, *self.export_extra):
            label = label_of(self.model, name, labels)
            columns.setdefault(label, column_of(self.model, name, label))
        return list(columns.values())

    def _columns_of_table(self) -> list[Column]:
        table = self.table([])  # type: ignore[attr-defined]
        result = []
        for name, column in table.base_columns.items():
            label, path = str(column.verbose_name or name), str(column.accessor or name)
            field = getattr(column, "field", "") or _field_name(path)
            render = getattr(table, f"render_{name}", None)
            if render is not None:
                result.append(Column(label, _rendered(render, path)))
            else:
                result.append(column_of(self.model, field, label))
        return result


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def column_of(model: Any, path: str, label: str) -> Column:
    """The export column of an attribute ("birth_date", "person__name", "masked_phone")."""
    *parents, name = path.split("__")
    field = _field(model, path)
    if isinstance(field, EncryptedTextField):
        masked = _attribute("__".join([*parents, f"masked_{name}"]))
        return Column(label, masked, 22, is_text=True, clear=_attribute(path))
    if name.startswith("masked_"):
        clear = "__".join([*parents, name.removeprefix("masked_")])
        return Column(label, _attribute(path), 22, is_text=True, clear=_attribute(clear))
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return Column(label, _dated(path, field), 12)
    if _is_place(field, name):
        key = (
            path
            if name.endswith("_id") or not isinstance(field, models.ForeignKey)
            else f"{path}_id"
        )
        return Column(label, _placed(key, field), 26)
    if isinstance(field, models.ForeignKey):
        return Column(label, _attribute(path), 26)
    if field is not None and (field.choices or not _is_number(field)):
        return Column(label, _worded(path, field), 16, is_text=True)
    return Column(label, _attribute(path), 16)


def _field_name(path: str) -> str:
    """「get_sex_display」 -> 「sex」: the words of a choice are looked up here, faster."""
    *parents, name = path.replace(".", "__").split("__")
    if name.startswith("get_") and name.endswith("_display"):
        name = name.removeprefix("get_").removesuffix("_display")
    return "__".join([*parents, name])


def _field(model: Any, path: str) -> Any:
    *parents, name = path.split("__")
    try:
        for parent in parents:
            model = model._meta.get_field(parent).related_model
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        if name.endswith("_id"):
            return _field(model, name.removesuffix("_id"))
        return None


def _is_place(field: Any, name: str) -> bool:
    return name in NATIONAL_PLACES or (
        isinstance(field, models.ForeignKey) and field.related_model is Region
    )


def _is_number(field: Any) -> bool:
    return isinstance(field, models.IntegerField | models.DecimalField | models.FloatField)


def _attribute(path: str) -> Callable[[Any], Any]:
    *parents, name = path.split("__")
    if not parents:
        return lambda row: str(v) if isinstance(v := getattr(row, name), models.Model) else v

    def get(row: Any) -> Any:
        for parent in parents:
            row = getattr(row, parent)
            if row is None:
                return None
        value = getattr(row, name)
        return str(value) if isinstance(value, models.Model) else value

    return get


def _worded(path: str, field: Any) -> Callable[[Any], Any]:
    """The words of a value; those of a choice are looked up once."""
    value_of = _attribute(path)
    labels = {v: str(label) for v, label in getattr(field, "flatchoices", None) or ()}
    each = {v: str(k) for v, k in getattr(getattr(field, "base_field", None), "flatchoices", ())}
    if each:
        return lambda row: "、".join(each.get(v, v) for v in value_of(row) or ())
    if not labels and isinstance(field, models.CharField | models.TextField):
        return value_of
    if labels:
        return lambda row: labels.get(value := value_of(row), value)
    return lambda row: words(field, value_of(row))


def _dated(path: str, field: Any) -> Callable[[Any], Any]:
    """A date, or 「2021-03」 and 「2021」 where only that much is known."""
    value_of = _attribute(path)
    precision = f"{path.removesuffix('_on')}_precision"
    if _field(field.model, precision.rsplit("__", maxsplit=1)[-1]) is None:
        return value_of
    precision_of = _attribute(precision)

    def get(row: Any) -> Any:
        value = value_of(row)
        cut = KNOWN_LENGTH.get(precision_of(row))
        return value.isoformat()[:cut] if cut and isinstance(value, datetime.date) else value

    return get


def _placed(path: str, field: Any) -> Callable[[Any], Any]:
    """The path of a region's names, each code worked out once an export."""
    value_of = _attribute(path)
    known: dict[Any, str] = {None: "", "": ""}
    place_names()

    def get(row: Any) -> str:
        code = value_of(row)
        if code not in known:
            national = not isinstance(field, models.ForeignKey)
            known[code] = words(field, code) if national else place_name(code)
        return known[code]

    return get


def _rendered(render: Callable[..., Any], path: str) -> Callable[[Any], Any]:
    """What a table's own render_<column> says, "" for its dash."""
    wanted = render.__code__.co_varnames[1 : render.__code__.co_argcount]
    accessor = Accessor(path)

    def get(row: Any) -> Any:
        given = {"record": row}
        if "value" in wanted:
            given["value"] = accessor.resolve(row, quiet=True)
            if given["value"] is None:
                return None
        said = render(**{name: given[name] for name in wanted})
        if isinstance(said, SafeString):
            # The words of a label, without its colour.
            said = unescape(strip_tags(said))
        return "" if said == EMPTY else said

    return get
