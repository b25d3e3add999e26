"""Numbers of people in what a page, a log or a browser's store holds.

Random ids and tokens hold eleven digits in a row now and then (an id in 125), so what looks for
numbers looks past them: a test that does not is red once in a few runs, and nobody's fault.
"""

from __future__ import annotations

import re

from core.text import without_ids

# The token of a form, a session, a digest: letters and digits without a break.
_TOKEN = re.compile(r"(?=[0-9A-Za-z]*[A-Za-z])[0-9A-Za-z]{32,}")
# Not behind a point: a duration has as many digits. An ID number holds a day of birth.
_ID_NUMBER = r"(?<![.])[1-9][0-9]{5}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9Xx]"
_PHONE = r"(?<![0-9.])1[3-9][0-9]{9}(?![0-9])"
_NUMBER = re.compile(rf"{_ID_NUMBER}|{_PHONE}")


def without_chance(text: str) -> str:
    """A text without the ids and tokens in it."""
    return _TOKEN.sub("", without_ids(text))


def numbers_in(text: str) -> list[str]:
    """ID numbers and mobile numbers in a text."""
    return _NUMBER.findall(without_chance(text))
