"""manage.py known_words: how many of the headings and words that offices write are understood.

They stand in data/ledger_words.csv: kind, part (heading or value), the attribute that a heading
means or a value fills, its code ("?" where it is to be asked), the words.
"""

import csv
import datetime
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.core.management.base import BaseCommand

from core.ledgers import mapping
from core.ledgers.ledger import ImportContext, RowCheck, ledger_for
from core.ledgers.values import UnknownWord
from core.rules import RuleError


class Word(NamedTuple):
    kind: str
    part: str
    attribute: str
    code: str
    text: str


def words() -> Iterator[Word]:
    """Every word of the table."""
    with (settings.DATA_DIR / "ledger_words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for text in row["words"].split():
                yield Word(row["kind"], row["part"], row["attribute"], row["code"], text)


def is_understood(word: Word) -> bool:
    """Whether a heading leads to its column, a value to its code, or to a question where it is
    to be asked."""
    ledger = ledger_for(word.kind)
    if word.part == "heading":
        return mapping.match(ledger, [word.text], region="") == {word.attribute: 0}
    column = ledger.column(word.attribute)
    if column is None:
        return False
    row = RowCheck(0, ImportContext(None, None, datetime.date.max))
    try:
        found = column.clean_cell(word.text, row)
    except UnknownWord:
        return word.code == "?"
    except RuleError:
        return False
    return _codes(found) == word.code.split("+")


def _codes(found: Any) -> list[str]:
    """The codes of a value; what stands beside one is the word as it was written."""
    if not isinstance(found, list):
        return [str(found or "")]
    if len(found) > 1 and not str(found[1]).isalnum():
        return [str(found[0])]
    codes = [str(one[0] if isinstance(one, list) else one) for one in found]
    return codes[:1] if codes[:1] == ["97"] else codes


class Command(BaseCommand):
    help = "Print how many of the headings and words that offices write are understood."

    def handle(self, *args: Any, **options: Any) -> None:
        for part, label in (("heading", "表头"), ("value", "用词")):
            every = [word for word in words() if word.part == part]
            missed = [word for word in every if not is_understood(word)]
            share = 1 - len(missed) / len(every)
            self.stdout.write(f"{label}：{len(every)} 个，认得 {share:.1%}")
            for word in missed:
                self.stdout.write(f"  没有认出：{word.kind} {word.attribute} {word.text}")
