"""How the cells of an .xlsx look, where that changes what they say.

A person does not read what is struck out, and reads 45.6万元 where 45.6 is stored with the
number format 0.0"万元". Part of the capped process: child.py loads it by its path, so it knows
nothing of the product. Cells of .xls and .ods are taken as they are stored.
"""

import operator
import re
import string
import unicodedata
import zipfile
from decimal import Decimal
from functools import cache
from typing import NamedTuple
from xml.parsers import expat

# Excel's own limits are 65,490 formats of cells, and 255 characters of a number format.
MOST_FORMATS = 100_000
MOST_STYLES = 64 * 1024 * 1024
LONGEST_CODE = 255
PIECE = 1024 * 1024
# Sections for numbers; a fourth one is for texts.
MOST_SECTIONS = 3
# From here on the last digits are Excel's own, and must stay to be seen as such.
INEXACT = 1e15
PERCENT = {"9": "0%", "10": "0.00%"}
TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|[_*].|\[(?P<bracket>[^\]]*)\]?'
    r"|(?P<digit>General|G/通用格式|[0#?@])|(?P<other>.)",
    re.DOTALL | re.IGNORECASE,
)
CONDITION = re.compile(r"([<>]=?|=|<>)\s*(-?\d+(?:\.\d+)?)\s*")
COMPARED = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
AROUND_A_UNIT = " \t\r\n\u3000\xa0()（）+-:："
# What stood between two parts of a text of which one is struck out.
BETWEEN_PARTS = " \t\r\n\u3000、，,；;/"
# Control characters, and the underscore of what looks like one.
ESCAPED = re.compile(r"_x(00[0-7][0-9A-Fa-f])_")


class Section(NamedTuple):
    """What a section of a number format does: the numbers it is for, by how many places it
    moves the point, what it writes behind them (or instead of them)."""

    condition: tuple
    places: int
    unit: str
    has_digits: bool


def number_format(code):
    """The sections of a number format, none where it shows a number as what is stored.

    Currency signs, thousands separators, colours and padding change nothing, nor do dates and
    fractions. Without conditions the first section is for all numbers: they keep their sign.
    """
    sections = [[]]
    for match in TOKEN.finditer(code[: LONGEST_CODE + 1]):
        if match["other"] == ";":
            sections.append([])
        else:
            sections[-1].append(match)
    found = [_section(tokens) for tokens in sections[:MOST_SECTIONS]]
    if not any(section.condition for section in found):
        found = found[:1]
    is_plain = not any(section.places or section.unit for section in found)
    return [] if is_plain or len(code) > LONGEST_CODE else found


def shown(number, sections):
    """The number as its format shows it, in full precision: a text where it has a unit."""
    section = next((s for s in sections if _is_for(s, number)), None)
    if section is None or abs(number) >= INEXACT:
        return number
    if not section.has_digits:
        return section.unit or number
    # Excel shows 15 digits: 45.6 of 45.599999999999994.
    moved = Decimal(f"{number:.15g}").scaleb(section.places) + 0
    if section.unit:
        return f"{moved.normalize():f}{section.unit}"
    return float(moved) if section.places else number


def _is_for(section, number):
    if not section.condition:
        return True
    sign, limit = section.condition
    return COMPARED[sign](number, limit)


def _section(tokens):
    bracket = next((m for t in tokens if (m := CONDITION.fullmatch(t["bracket"] or ""))), None)
    condition = (bracket[1], float(bracket[2])) if bracket else ()
    shape = "".join(_kind(token) for token in tokens)
    if "x" in shape:
        return Section(condition, 0, "", has_digits=True)
    # Commas between digits part thousands, behind them they divide.
    places = 2 * shape.count("%") - 3 * sum(map(len, re.findall(r"0(,+)(?![0,])", shape)))
    before, _, behind = shape.partition("!")
    if "0" in before and "." not in shape:
        # 0!.0 draws a point before the last digit.
        places -= behind.count("0")
    unit = _unit("".join(_literal(token) for token in tokens[shape.rfind("0") + 1 :]))
    return Section(condition, places, unit, has_digits="0" in shape)


def _kind(token):
    """One letter: 0 a digit, ! a point that is only drawn, x what is no plain number (a day, a
    fraction, an exponent), - a text; signs as they are."""
    other = token["other"] or ""
    if token["digit"]:
        return "0"
    if other and other in ".,%":
        return other
    if other == "/" or (other.isascii() and other.isalpha()):
        return "x"
    return "!" if "." in (token["quoted"], token["escaped"]) else "-"


def _literal(token):
    other = token["other"] or ""
    return token["quoted"] or token["escaped"] or ("" if other in ".," else other)


def _unit(text):
    """A text behind a number, "" where it says nothing, like a sign of currency."""
    unit = text.strip(AROUND_A_UNIT)
    is_said = any(c in "%‰" or c.isalnum() or unicodedata.category(c) == "So" for c in unit)
    return unit if is_said else ""


class Enough(Exception):
    """What was looked for has been seen; the rest need not be read."""


def enough(*_):
    raise Enough


class _ByName(dict):
    """What to call at an element, by its name; some files put a prefix before each."""

    def __missing__(self, name):
        self[name] = self.get(name.rpartition(":")[2])
        return self[name]


def walk(archive, part, starts, ends=(), text=None):
    """Call back at the elements of a part of the workbook, until Enough."""
    starts, ends = _ByName(starts), _ByName(ends)

    def start(name, attributes):
        if call := starts[name]:
            call(attributes)

    def end(name):
        if call := ends[name]:
            call()

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    if ends:
        parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    with archive.open(part) as stream:
        try:
            # In large pieces: what is not yet whole (a tag, a comment) is gone over again at each.
            while piece := stream.read(PIECE):
                parser.Parse(piece)
            parser.Parse(b"", True)  # noqa: FBT003
        except Enough:
            return


def is_on(attributes):
    """Of <strike/> and the like: it holds unless it says that it does not."""
    return attributes.get("val") not in ("0", "false")


class Styles:
    """The formats of cells, by their number as a text, that strike out, and those that show a
    number as something else."""

    def __init__(self, archive, part):
        self.struck, self.formats = set(), {}
        self._fonts, self._codes, self._parsed = [], dict(PERCENT), {}
        self._count = None
        if archive.getinfo(part).file_size > MOST_STYLES:
            raise ValueError(part)
        starts = {
            "numFmt": lambda a: self._codes.update({a["numFmtId"]: a["formatCode"]}),
            "font": lambda _: self._fonts.append(False),
            "strike": self._strike,
            "cellXfs": self._begin,
            "xf": self._format,
        }
        walk(archive, part, starts, {"cellXfs": enough})

    def _strike(self, attributes):
        self._fonts[-1] = is_on(attributes)

    def _begin(self, _):
        self._count = 0

    def _format(self, attributes):
        if self._count is None:
            return  # one of a named style, from which cells took theirs
        index, self._count = str(self._count), self._count + 1
        if self._count > MOST_FORMATS:
            raise ValueError(self._count)
        font, code = int(attributes.get("fontId", 0)), attributes.get("numFmtId", "0")
        if self._fonts[font : font + 1] == [True]:
            self.struck.add(index)
        if code not in self._parsed:
            self._parsed[code] = number_format(self._codes.get(code, ""))
        if self._parsed[code]:
            self.formats[index] = self._parsed[code]


class Runs:
    """Collects a text written in several fonts, as parts (text, is struck); None where a part
    has the font of the cell."""

    def __init__(self):
        self._parts, self._is_struck, self._is_phonetic, self._text = [], None, False, None
        self.starts = {
            "r": lambda _: self._font(is_struck=None),
            "rPr": lambda _: self._font(is_struck=False),
            "strike": lambda attributes: self._font(is_struck=is_on(attributes)),
            "rPh": lambda _: self._phonetic(is_on=True),
            "t": self.begin,
        }
        self.ends = {"t": self._end, "rPh": lambda: self._phonetic(is_on=False)}

    def begin(self, _=None):
        self._text = []

    def add(self, text):
        if self._text is not None:
            self._text.append(text)

    def said(self):
        """The text since the beginning of its element."""
        text, self._text = "".join(self._text or ()), None
        return text

    def parts(self):
        """The parts so far, none where all have the font of the cell."""
        parts, self._parts, self._is_struck = self._parts, [], None
        return parts if any(is_struck is not None for _, is_struck in parts) else []

    def _font(self, *, is_struck):
        self._is_struck = is_struck

    def _phonetic(self, *, is_on):
        self._is_phonetic = is_on

    def _end(self):
        text = ESCAPED.sub(lambda m: chr(int(m[1], 16)), self.said())
        if text and not self._is_phonetic:
            self._parts.append((text, self._is_struck))


def rich_texts(archive, part):
    """{index as a text: parts} of the shared texts that are written in several fonts."""
    runs, found, count = Runs(), {}, 0

    def end():
        nonlocal count
        if parts := runs.parts():
            found[str(count)] = parts
        count += 1

    walk(archive, part, runs.starts, {**runs.ends, "si": end}, runs.add)
    return found


class Workbook:
    """What the sheets of a workbook share, and which of them are worth a look."""

    def __init__(self, path, hints):
        self.archive, self.hints = zipfile.ZipFile(path), hints["sheets"]
        parts = {name.lower(): name for name in self.archive.namelist()}
        self.struck, self.formats, self.texts = set(), {}, {}
        if part := parts.get("xl/styles.xml"):
            styles = Styles(self.archive, part)
            self.struck, self.formats = styles.struck, styles.formats
        self.special = self.struck | self.formats.keys()
        part = parts.get("xl/sharedstrings.xml")
        if part and (hints["is_struck"] or self.struck):
            self.texts = rich_texts(self.archive, part)

    def look(self, name, rows):
        """Make the cells of a sheet what a person sees, except those that are wholly struck
        out: those are told."""
        look = Look(rows, self)
        if hint := self.hints.get(name):
            has_texts = bool(hint["is_struck"] or self.struck or self.texts)
            is_whole = bool(has_texts or self.formats or hint["has_hidden_row"])
            if is_whole or hint["has_hidden"]:
                look.read(hint["part"], is_whole=is_whole, has_texts=has_texts)
        return look


class Look:
    """What is hidden and what is struck out in a sheet, rows and columns counted from 0.

    `struck` has the columns of a row's cells that are struck out, `cut` by column what was
    struck out of cells that say more; `columns` are (first, last) of hidden ones.
    """

    def __init__(self, rows=(), book=None):
        self.hidden, self.columns, self.struck, self.cut = set(), [], {}, {}
        self._rows, self._book, self._runs = rows, book, Runs()
        self._row, self._reference, self._behind, self._cell = -1, "", -1, {}

    def read(self, part, *, is_whole, has_texts):
        """Go through the sheet, or only through what stands before its first row."""
        starts = {"col": self._col, "row": self._begin_row, "c": self._begin_cell}
        ends, text = {}, None
        if not is_whole:
            starts["sheetData"] = enough
        if has_texts:
            starts |= {**self._runs.starts, "v": self._runs.begin}
            ends = {**self._runs.ends, "v": self._end_value, "is": self._end_text}
            text = self._runs.add
        walk(self._book.archive, part, starts, ends, text)

    def _col(self, attributes):
        if _is_hidden(attributes):
            self.columns.append((int(attributes["min"]) - 1, int(attributes["max"]) - 1))

    def _begin_row(self, attributes):
        self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
        self._reference, self._behind = "", -1
        if _is_hidden(attributes):
            self.hidden.add(self._row)

    def _begin_cell(self, attributes):
        self._cell = attributes
        if reference := attributes.get("r"):
            self._reference, self._behind = reference, 0
        else:
            self._behind += 1
        if (style := attributes.get("s", "0")) in self._book.special:
            if style in self._book.struck:
                self._strike()
            if (sections := self._book.formats.get(style)) and (place := self._place()):
                row, column = place
                if type(cell := self._rows[row][column]) in (int, float):
                    self._rows[row][column] = shown(cell, sections)

    def _end_value(self):
        index = self._runs.said()
        if self._cell.get("t") == "s" and (parts := self._book.texts.get(index)):
            self._show(parts)

    def _end_text(self):
        if parts := self._runs.parts():
            self._show(parts)

    def _show(self, parts):
        """Of a cell in several fonts only what is not struck out, unless all of it is."""
        of_cell = self._cell.get("s", "0") in self._book.struck
        said = [(text, of_cell if own is None else own) for text, own in parts]
        kept = "".join(text for text, is_struck in said if not is_struck)
        gone = "".join(text for text, is_struck in said if is_struck)
        if gone and not kept.strip(BETWEEN_PARTS):
            self._strike()
        elif place := self._place():
            row, column = place
            self.struck.get(row, set()).discard(column)
            if gone:
                self._rows[row][column] = kept.strip(BETWEEN_PARTS)
                self.cut.setdefault(row, {})[column] = gone

    def _strike(self):
        if place := self._place():
            row, column = place
            self.struck.setdefault(row, set()).add(column)

    def _place(self):
        """The row and the column of the present cell, None outside of what has content."""
        letters = self._reference.rstrip(string.digits)
        row, column = self._row, self._behind
        if letters:
            row, column = int(self._reference[len(letters) :]) - 1, column + _column(letters)
        is_inside = 0 <= row < len(self._rows) and 0 <= column < len(self._rows[row])
        return (row, column) if is_inside else None


@cache
def _column(letters):
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column - 1


def _is_hidden(attributes):
    return attributes.get("hidden") in ("1", "true")
