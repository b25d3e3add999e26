"""What the parser does not tell of an .ods: merged cells, and errors, which it takes for empty.
Read by child.py, so it knows nothing of the product."""

import io
import re
import zipfile
from xml.etree import ElementTree

ERROR = re.compile(
    rb"<table:table-cell([^>]*)>(?=\s*<text:p[^>]*>(?:#(?:N/A|[A-Z]+/?0?[!?])|Err:\d+)<)"
)
SPACE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def merged_of_ods(path):
    """{sheet: [((top, left), (bottom, right)), ...]} of an .ods, counted from 0."""
    found, sheet, row = {}, None, 0
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as content:
        parts = ElementTree.iterparse(content, ("start", "end"))  # noqa: S314
        for event, element in parts:
            if event == "start":
                if element.tag == SPACE + "table":
                    sheet, row = found.setdefault(element.get(SPACE + "name"), []), 0
            elif element.tag == SPACE + "table-row":
                column = 0
                for cell in element:
                    down = int(cell.get(SPACE + "number-rows-spanned", 1))
                    right = int(cell.get(SPACE + "number-columns-spanned", 1))
                    if down > 1 or right > 1:
                        sheet.append(((row, column), (row + down - 1, column + right - 1)))
                    column += int(cell.get(SPACE + "number-columns-repeated", 1))
                row += int(element.get(SPACE + "number-rows-repeated", 1))
                element.clear()
    return found


def with_errors(path):
    """An .ods whose errors are texts: the parser takes the empty value stored beside them."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    content, count = ERROR.subn(as_text, parts["content.xml"])
    if not count:
        return path
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in (parts | {"content.xml": content}).items():
            archive.writestr(name, data)
    target.seek(0)
    return target


def as_text(match):
    attributes = re.sub(rb'\s(?:office|calcext):[a-z-]+="[^"]*"', b"", match.group(1))
    return b"<table:table-cell" + attributes + b' office:value-type="string">'
