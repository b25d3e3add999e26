"""Which rows of a sheet head it, and what each column is called there. Read by child.py, so it
knows nothing of the product."""

import re
import unicodedata

LOOK = 40
# A number of a person, or of a phone: no heading has one.
NUMBERED = re.compile(r"\d{11}")
# Rows of a header; what is merged over more is no part of one.
MOST_HEADER = 4


def squeeze(value):
    """A header as it is compared: NFKC, without spaces, brackets and their content."""
    text = unicodedata.normalize("NFKC", str(value))
    text = re.sub(r"[(\[【〔].*?[)\]】〕]", "", text)
    return re.sub(r"[\s*:：、,，.。/\\\-_\"'“”]", "", text).lower()


def is_filled(cell):
    return cell is not None and cell != ""


def find_header(rows, labels):
    """(score, index) of the row that holds most known labels; of two that follow one another
    and hold as many the lower one heads. Where none holds any, of the row that looks like one."""
    best = (0, 0)
    for index, row in enumerate(rows[:LOOK]):
        score = len({squeeze(c) for c in row if is_filled(c)} & labels)
        if score > best[0] or (score > 1 and best == (score, index - 1)):
            best = (score, index)
    return best if best[0] else (0, looks_like_header(rows[:LOOK]))


def looks_like_header(rows):
    """Index of the first row of texts, most of them different and none with the number of a person,
    that is about as wide as the widest."""
    filled = [[cell for cell in row if is_filled(cell)] for row in rows]
    wide = max(2, max(map(len, filled), default=0) * 0.7)
    for index, cells in enumerate(filled):
        is_text = all(isinstance(cell, str) and not NUMBERED.search(cell) for cell in cells)
        if len(cells) >= wide and is_text and len(set(cells)) >= len(cells) * 0.6:
            return index
    return 0


def header_rows(index, table):
    """(first, last) of the header in which this row stands, as far as its merged cells reach.

    A title that was merged into the data makes no header of it: there most others stand over a
    cell of their own.
    """
    rows = table.rows
    tall = [
        (top, min(bottom, len(rows) - 1))
        for (top, left), (bottom, _) in table.merged
        if 0 < bottom - top < MOST_HEADER and top < len(rows) and any(rows[top][left : left + 1])
    ]
    first = min((top for top, bottom in tall if top <= index <= bottom), default=index)
    reach = [bottom for top, bottom in tall if top == first]
    if not reach:
        return index, index
    merged = set()
    for (top, left), (bottom, right) in table.merged:
        if top <= first <= bottom:
            merged.update(range(left, min(right + 1, len(rows[first]))))
    pairs = zip(rows[first], rows[min(first + 1, len(rows) - 1)], strict=True)
    parted = [n for n, pair in enumerate(pairs) if n not in merged and all(map(is_filled, pair))]
    return (index, index) if len(parted) > len(reach) else (first, max(index, *reach))


def titles(table, first, last):
    """Of each column the lowest text of the header, and what stands over it."""
    rows, covering = table.rows, {}
    for (top, left), (bottom, right) in table.merged:
        for row in range(max(top, first - 1), min(bottom, last) + 1):
            for column in range(left, min(right + 1, len(rows[row]))):
                covering[row, column] = (top, left)

    def standing(row, column):
        """The text over a column: of a merged cell where it is, else the last one before."""
        for place in range(min(column, len(rows[row]) - 1), -1, -1):
            if (row, place) in covering:
                top, left = covering[row, place]
                return text_of_title(rows[top][left]) if place == column else ""
            if is_filled(rows[row][place]):
                return text_of_title(rows[row][place])
        return ""

    leaves, groups = [], []
    for column in range(max(len(row) for row in rows[first : last + 1])):
        cells = [row[column] if column < len(row) else "" for row in rows[first : last + 1]]
        lowest = max((n for n, cell in enumerate(cells) if is_filled(cell)), default=len(cells) - 1)
        over = range(first, first + lowest) if last > first else range(max(0, first - 1), first)
        texts = dict.fromkeys(standing(row, column) for row in over)
        texts.pop(text_of_title(cells[lowest]), None)
        leaves.append(cells[lowest])
        groups.append("".join(texts))
    return leaves, groups


def text_of_title(cell):
    if not is_filled(cell):
        return ""
    return str(int(cell)) if type(cell) is float and cell.is_integer() else str(cell)
