"""The forms of an office take the rows of any list of their kind, as it is filtered and sorted; so
do the templates of imports."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.http import FileResponse

from core.dates import today
from core.entities.blanks import Blank, Rows, declare_blanks
from core.entities.entity import Entity
from core.entities.workbooks import CONTENT_TYPES, file_name
from core.ledgers.workbooks import template_workbook
from core.papers.actions import fill_kept
from core.papers.making import Chosen, Made, fill_form
from core.papers.models import PaperForm
from core.rules import RuleError
from core.secrecy.files import Refused

TEMPLATE = "template"
# Of one menu.
_MOST = 20


def download(name: str, made: Made) -> FileResponse:
    """A filled form by its name."""
    return FileResponse(
        io.BytesIO(made.data),
        as_attachment=True,
        filename=file_name(name, "xlsx"),
        content_type=CONTENT_TYPES["xlsx"],
    )


def _blanks_of(entity: Entity, user: Any) -> Iterator[Blank]:
    if entity.ledger is None or not entity.ledger.is_register or not user.has_perm("core.export"):
        return
    for form in PaperForm.objects.open_to(user).filter(lists__contains=[entity.name])[:_MOST]:
        yield Blank(str(form.pk), form.title, partial(_written, form.title, _into(form)))
    yield Blank(TEMPLATE, "导入模板", partial(_written, f"{entity.list_label}导入模板", _template))


declare_blanks(_blanks_of)


def _into(form: PaperForm) -> Callable[..., Made]:
    def fill(rows: Rows, **given: Any) -> Made:
        return fill_kept(form=form, by=rows.user, **given)

    return fill


def _template(rows: Rows, **given: Any) -> Made:
    ledger = rows.entity.ledger
    data = template_workbook(ledger, rows.user)
    name = f"{ledger.label}导入模板"
    return fill_form(user=rows.user, name=name, data=data, kind=rows.entity, **given)


def _written(name: str, fill: Callable[..., Made], rows: Rows) -> FileResponse:
    try:
        made = fill(
            rows,
            region=rows.region,
            on=today(),
            reason=rows.reason,
            chosen=Chosen(rows.entity, rows.rows, rows.words),
            report=rows.report or (lambda done: None),
        )
    except Refused as refusal:
        raise RuleError("PAPER", str(refusal)) from None
    return download(name, made)
