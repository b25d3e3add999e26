"""Words that nobody knows: one question for all rows, the answer is remembered by the office."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from core.jobs import running as jobs
from core.ledgers import actions
from core.ledgers.models import ImportBatch, ImportRow, WordMemory
from core.models import User
from core.rules import RuleError
from talent.models import Certificate, Person
from tests.conftest import Cast
from tests.imports import ledgers

pytestmark = pytest.mark.django_db
LEVEL = "word:certificate_level:"


def _people(*levels: str) -> bytes:
    rows = [
        ledgers.person(f"王{'甲乙丙丁戊'[i]}", 证书级别=level, 批准日期="2020-10-18")
        for i, level in enumerate(levels)
    ]
    return ledgers.people(*rows)


def _answer(batch: ImportBatch, by: User, **answers: str) -> ImportBatch:
    said = {f"{LEVEL}{word}": code for word, code in answers.items()}
    actions.answer_words(batch=batch, by=by, answers=said, inline=True)
    jobs.run(batch.job_id)
    return ledgers.fresh(batch)


def test_a_word_is_asked_once_and_costs_nobody(cast: Cast) -> None:
    batch = ledgers.check(cast.clerk_a, "people", _people("甲级社工", "甲级社工", "社会工作师"))
    assert ledgers.outcomes(batch) == {"new": 3}
    assert [(q["id"], q["rows"]) for q in batch.questions] == [(f"{LEVEL}甲级社工", 2)]
    row = ImportRow.objects.get(batch=batch, number=2)
    assert "证书级别「甲级社工」不在可选范围内" in row.messages[0]["message"]
    ledgers.apply(batch)
    assert Person.objects.count() == 3
    assert Certificate.objects.count() == 1


def test_an_answer_holds_for_all_rows_and_for_the_next_ledger(cast: Cast) -> None:
    batch = ledgers.check(cast.clerk_a, "people", _people("甲级社工", "甲级社工", "乙级社工"))
    batch = _answer(batch, cast.clerk_a, 甲级社工="2")
    assert [q["word"] for q in batch.questions] == ["乙级社工"]
    ledgers.apply(batch)
    assert list(Certificate.objects.values_list("level", flat=True)) == ["2", "2"]
    following = ledgers.check(cast.reviewer_a, "people", _people("甲级社工"))
    assert following.questions == []
    # Another county is asked, and offered what this one said.
    other = ledgers.check(cast.clerk_b, "people", _people("甲级社工"))
    assert [q["word"] for q in other.questions] == ["甲级社工"]


def test_what_the_province_adopts_is_asked_nowhere(cast: Cast) -> None:
    WordMemory.objects.create(
        region_id="52", kind="people", attribute="certificate_level", word="甲级社工",
        code="2", is_shared=True,
    )  # fmt: skip
    batch = ledgers.check(cast.clerk_a, "people", _people("甲级社工"))
    assert batch.questions == []
    # What an office says itself goes before it.
    WordMemory.objects.create(
        region_id="520102", kind="people", attribute="certificate_level", word="甲级社工", code="1"
    )
    ledgers.take(cast.clerk_a, "people", _people("甲级社工"))
    assert Certificate.objects.get().level == "1"


def test_a_word_may_be_left_out(cast: Cast) -> None:
    batch = ledgers.check(cast.clerk_a, "people", _people("备考"))
    batch = _answer(batch, cast.clerk_a, 备考="")
    assert batch.questions == []
    row = ImportRow.objects.get(batch=batch)
    assert not any(m.get("rule") == "WORD" for m in row.messages)
    ledgers.apply(batch)
    assert Certificate.objects.count() == 0
    assert ledgers.check(cast.clerk_a, "people", _people("备考")).questions == []


def test_a_required_word_waits_for_its_answer(cast: Cast) -> None:
    header = "院校名称 专业 培养层次 毕业年度 毕业人数 其中留黔人数".split()
    data = ledgers.workbook([header, ["贵州大学", "社会工作", "五年一贯", 2024, 30, 12]])
    batch = ledgers.check(cast.province, "graduates", data)
    assert ledgers.outcomes(batch) == {"refused": 1}
    (question,) = batch.questions
    assert question["word"] == "五年一贯"
    actions.answer_words(batch=batch, by=cast.province, answers={question["id"]: "31"}, inline=True)
    jobs.run(batch.job_id)
    assert ledgers.outcomes(ledgers.fresh(batch)) == {"new": 1}


@pytest.mark.parametrize("level", ["520102199003071236", "电话13885011234", "说" * 61])
def test_no_number_and_no_speech_is_asked_about(cast: Cast, level: str) -> None:
    batch = ledgers.check(cast.clerk_a, "people", _people(level))
    assert ledgers.outcomes(batch) == {"new": 1}
    assert batch.questions == []
    assert ImportRow.objects.get(batch=batch).messages[0]["message"].endswith("没有登记。")


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {f"{LEVEL}甲级社工": "77"},
        {f"{LEVEL}没有问过": "2"},
        {"word:remark:甲级社工": "2"},
        {"甲级社工": "2"},
    ],
)
def test_what_was_not_asked_is_not_answered(cast: Cast, answers: dict[str, str]) -> None:
    batch = ledgers.check(cast.clerk_a, "people", _people("甲级社工"))
    with pytest.raises(RuleError):
        actions.answer_words(batch=batch, by=cast.clerk_a, answers=answers, inline=True)
    assert not WordMemory.objects.exists()
    assert ledgers.fresh(batch).questions == batch.questions


def test_once_written_nothing_is_answered(cast: Cast) -> None:
    batch = ledgers.take(cast.clerk_a, "people", _people("甲级社工"))
    with pytest.raises(RuleError, match="现在不能答复"):
        _answer(batch, cast.clerk_a, 甲级社工="2")


def test_the_page_proposes_and_takes_answers(
    cast: Cast, client_of: Callable[[Any], Client]
) -> None:
    client = client_of(cast.clerk_a)
    batch = ledgers.check(cast.clerk_a, "people", _people("省社会工作师（中级）证", "从没见过"))
    address = f"/imports/{batch.pk}/"
    page = client.get(address).text
    assert "请认一认这些词（2 个）" in page
    # The likeliest by its characters; of what is like nothing, none.
    assert page.count(" selected>社会工作师<") == 1
    assert page.count(" selected") == 1
    key = f"{LEVEL}从没见过"
    answer = client.post(f"{address}words/", {f"answer_{key}": "-"}, follow=True)
    assert "从没见过" not in [q["word"] for q in ledgers.fresh(batch).questions]
    jobs.run(batch.job_id)
    page = client.get(address).text
    assert answer.status_code == 200
    assert "请认一认这些词（1 个）" in page
    assert "已答复" in page
    # Changed again, as long as nothing is written.
    client.post(f"{address}words/", {f"answer_{key}": "1"})
    jobs.run(batch.job_id)
    assert WordMemory.objects.get().code == "1"


def test_what_other_offices_said_is_proposed_first(
    cast: Cast, client_of: Callable[[Any], Client]
) -> None:
    for region in ("520103", "520112"):
        WordMemory.objects.create(
            region_id=region, kind="people", attribute="certificate_level", word="社工中", code="3"
        )
    batch = ledgers.check(cast.clerk_a, "people", _people("社工中"))
    page = client_of(cast.clerk_a).get(f"/imports/{batch.pk}/").text
    assert " selected>高级社会工作师" in page


def test_the_command_asks_and_is_answered(cast: Cast, tmp_path: Path) -> None:
    file, answers = tmp_path / "花名册.xlsx", tmp_path / "answers.json"
    file.write_bytes(_people("甲级社工", "乙级社工"))

    def run(*options: str) -> dict[str, Any]:
        out = StringIO()
        call_command(
            "import_ledger", "people", str(file), *options, user="clerk_a", json=True, stdout=out
        )
        return dict(json.loads(out.getvalue()))

    said = run()
    assert [(q["id"], q["column"], q["rows"]) for q in said["questions"]] == [
        (f"{LEVEL}乙级社工", "证书级别", 1),
        (f"{LEVEL}甲级社工", "证书级别", 1),
    ]
    assert ["2", "社会工作师"] in said["questions"][0]["choices"]
    assert said["columns_unread"] == said["sheets_unread"] == []
    answers.write_text(json.dumps({f"{LEVEL}甲级社工": "社会工作师"}))
    said = run("--answers", str(answers), "--commit")
    assert said["new"] == 2
    assert Certificate.objects.get().level == "2"
    answers.write_text("[1]")
    with pytest.raises(CommandError, match="不是「问题编号: 答复」的 JSON"):
        run("--answers", str(answers))
