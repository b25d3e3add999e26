"""What was filled opens in an office program, which calculates its formulas anew. make drill, on a
machine that has LibreOffice (Debian: libreoffice-calc)."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
import python_calamine

from core.papers import Fill, Table, fill
from tests.conftest import Cast
from tests.imports.ledgers import SAMPLES, apply, check
from tests.papers import books
from tests.papers.test_inserting import people
from tests.papers.test_lists import HEADS, blank
from tests.papers.test_lists import fill as fill_list
from tests.papers.test_twelve import SAMPLES_OF_LISTS, Sample

OFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed"),
]


def opened(data: bytes, folder: Path) -> bytes:
    """The workbook as LibreOffice writes it after reading it."""
    source, target = folder / "表.xlsx", folder / "out"
    source.write_bytes(data)
    words = [str(OFFICE), f"-env:UserInstallation=file://{folder}/office", "--headless"]
    words += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(target), str(source)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert (target / source.name).exists(), done.stdout + done.stderr
    return (target / source.name).read_bytes()


def shown(data: bytes) -> dict[str, list[list[Any]]]:
    """What a third reader finds in each sheet, without what is empty around it."""
    book = python_calamine.CalamineWorkbook.from_object(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def drawn(data: bytes) -> dict[str, int]:
    """How many charts and pictures lie in it."""
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    return {what: sum(what in name for name in names) for what in ("charts/chart", "media/")}


@pytest.mark.parametrize("more", [0, 20])
def test_a_form_with_everything_around_its_list(more: int, tmp_path: Path) -> None:
    """Its sums are those that LibreOffice comes to, and what lay around is still there."""
    rows = people(books.RULED + more)
    table = Table(books.LIST, books.FIRST, books.RULED, rows)
    made = fill(books.form(), fills=[Fill(books.LIST, {(2, 1): "甲"})], tables=[table]).data
    again = opened(made, tmp_path)
    # Structured references of a table are not LibreOffice's; a formula that we do not calculate
    # (COUNTIF) waits for the office program.
    for name in (books.LIST, books.SUMMARY):
        ours = [[cell for cell in row if cell != ""] for row in shown(made)[name]]
        theirs = [
            [cell for cell, own in zip(row, line, strict=True) if own != ""]
            for row, line in zip(shown(again)[name], shown(made)[name], strict=True)
        ]
        assert theirs == ours
    assert drawn(again) == drawn(made)


@pytest.mark.django_db
@pytest.mark.parametrize("sample", SAMPLES_OF_LISTS, ids=[one.file for one in SAMPLES_OF_LISTS])
def test_the_blank_copies(sample: Sample, cast: Cast, tmp_path: Path) -> None:
    (path,) = SAMPLES.glob(f"{sample.file}*")
    user = getattr(cast, sample.user)
    apply(check(user, sample.kind, path.read_bytes(), name=path.name))
    name = next(name for name in HEADS if name.startswith(sample.file))
    made = fill_list(user, blank(name)).data
    assert shown(opened(made, tmp_path)) == shown(made)
