"""An id of a record is no number of a person, whatever digits it has by chance."""

from __future__ import annotations

import logging
import random
import uuid

import pytest

from core.secrecy.identity import check_character, without_id_numbers
from core.secrecy.logs import OneLineFormatter
from core.secrecy.numbers import secret_in, without_numbers
from talent.people.rules import check_free_text
from tests.leaks import numbers_in

# Of 400 random ids with eleven digits in a row; the first two were seen.
SEEN = ("1f25047d-4f89-41d3-9a0c-16480315516b", "47380066-7704-4f89-8b0c-0305e82c3301")
_DICE = random.Random(20)
UNLUCKY = [
    *SEEN,
    *(
        str(uuid.UUID(f"{_DICE.getrandbits(80):020x}a{_DICE.randint(13, 19)}{n:09d}"))
        for n in range(40)
    ),
    *(str(uuid.UUID(f"{n:08d}{_DICE.randint(1000, 9999)}41d39a0ca13885012345")) for n in range(40)),
]
NUMBER, PHONE = "52010219900307773" + check_character("52010219900307773"), "13885012345"


@pytest.mark.parametrize("made", UNLUCKY)
def test_an_id_is_no_number(made: str) -> None:
    assert secret_in(made) is None
    assert secret_in(f"见 {made.upper()}") is None
    assert without_id_numbers(f"档案 {made}") == f"档案 {made}"
    assert not check_free_text(f"档案 {made}")
    url = f"/login/?next=/people/{made}/&person={made}"
    assert without_numbers(url) == url
    assert line(f"GET /people/{made}/ by {made}").endswith(f"GET /people/{made}/ by {made}")
    assert not numbers_in(f'<a href="/people/{made}/">')


@pytest.mark.parametrize("made", UNLUCKY[::9])
def test_a_number_beside_an_id_is_one(made: str) -> None:
    for number in (NUMBER, PHONE):
        assert secret_in(f"{made} {number}").value == number  # type: ignore[union-attr]
        assert without_numbers(f"/people/?person={made}&q={number}") == f"/people/?person={made}"
        assert without_numbers(f"/people/?q={made}/{number}") == "/people/"
        assert line(f"{made} {number}，{made}").endswith(f"{made} [号码]，{made}")
        assert numbers_in(f"{made} {number}") == [number]
    assert without_id_numbers(f"{made} {NUMBER}") == f"{made} 52{'*' * 16}"


def line(message: str) -> str:
    record = logging.LogRecord("web", logging.INFO, "", 0, message, None, None)
    return OneLineFormatter().format(record)
