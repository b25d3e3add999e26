"""Words that nobody knows: one question for all rows, the answer is remembered by the office."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from core.jobs import running as jobs
from core.ledgers import actions
from core.ledgers.keeping import forget_expired
from core.ledgers.models import ImportBatch, ImportRow, WordMemory
from core.models import Job, User
from core.rules import RuleError
from talent.models import Certificate, Person
from tests.conftest import Cast
from tests.imports import ledgers
from tests.rows import id_number

pytestmark = pytest.mark.django_db
LEVEL = "word:certificate_level:"


def _people(*levels: str) -> bytes:
    rows = [
        ledgers.person(f"王{'甲乙丙丁戊'[i]}", 证书级别=level, 批准日期="2020-10-18")
        for i, level in enumerate(levels)
    ]
    return ledgers.people(*rows)


def _open(batch: ImportBatch) -> list[str]:
    return [question["word"] for question in batch.open_questions]


def _answer(batch: ImportBatch, by: User, **answers: str) -> ImportBatch:
    said = {f"{LEVEL}{word}": code for word, code in answers.items()}
    actions.answer_questions(batch=batch, by=by, answers=said, inline=True)
    jobs.run(batch.job_id)
    return ledgers.fresh(batch)


def test_a_word_is_asked_once_and_costs_nobody(cast: Cast) -> None:
    batch = ledgers.check(cast.clerk_a, "people", _people("甲级社工", "甲级社工", "社会工作师"))
    assert ledgers.outcomes(batch) == {"new": 3}
    assert [(q["id"], q["rows"], q["code"]) for q in batch.questions] == [
        (f"{LEVEL}甲级社工", 2, None)
    ]
    row = ImportRow.objects.get(batch=batch, number=2)
    assert "证书级别「甲级社工」认不出" in row.messages[0]["message"]
    ledgers.apply(batch)
    assert Person.objects.count() == 3
    assert Certificate.objects.count() == 1


def test_the_rest_may_be_left_out_at_once(cast: Cast, client_of: Callable[..., Client]) -> None:
    """As by the button of the page, which sends along what was chosen."""
    batch = ledgers.check(cast.clerk_a, "people", _people("甲级社工", "选举", "公开招考"))
    said = {f"answer_{LEVEL}甲级社工": "2", f"answer_{LEVEL}选举": "", "rest": "1"}
    assert "没有选的都不登记" in client_of(cast.clerk_a).get(f"/imports/{batch.pk}/").text
    client_of(cast.clerk_a).post(f"/imports/{batch.pk}/answers/", said)
    jobs.run(batch.job_id)
    meant = {"甲级社工": "2", "选举": "", "公开招考": ""}
    assert {q["word"]: q["code"] for q in ledgers.fresh(batch).questions} == meant
    assert "没有选的都不登记" not in client_of(cast.clerk_a).get(f"/imports/{batch.pk}/").text
    assert not _open(ledgers.check(cast.clerk_a, "people", _people("公开招考")))


def test_an_answer_holds_for_all_rows_and_for_the_next_ledger(cast: Cast) -> None:
    batch = ledgers.check(cast.clerk_a, "people", _people("甲级社工", "甲级社工", "乙级社工"))
    batch = _answer(batch, cast.clerk_a, 甲级社工="2")
    assert _open(batch) == ["乙级社工"]
    # What was understood so is said, and may be answered anew.
    assert (
        "按「社会工作师」登记"
        in ImportRow.objects.get(batch=batch, number=2).messages[0]["message"]
    )
    batch = _answer(batch, cast.clerk_a, 甲级社工="1")
    batch = _answer(batch, cast.clerk_a, 甲级社工="2")
    ledgers.apply(batch)
    assert list(Certificate.objects.values_list("level", flat=True)) == ["2", "2"]
    following = ledgers.check(cast.reviewer_a, "people", _people("甲级社工"))
    assert _open(following) == []
    # Another county is asked, and offered what this one said.
    other = ledgers.check(cast.clerk_b, "people", _people("甲级社工"))
    assert _open(other) == ["甲级社工"]
    assert other.questions[0]["proposed"] == "2"


def test_what_the_province_adopts_is_asked_nowhere(cast: Cast) -> None:
    WordMemory.objects.create(
        region_id="52", kind="people", attribute="certificate_level", word="甲级社工",
        code="2", is_shared=True,
    )  # fmt: skip
    batch = ledgers.check(cast.clerk_a, "people", _people("甲级社工"))
    assert _open(batch) == []
    # What an office says itself goes before it.
    WordMemory.objects.create(
        region_id="520102", kind="people", attribute="certificate_level", word="甲级社工", code="1"
    )
    ledgers.take(cast.clerk_a, "people", _people("甲级社工"))
    assert Certificate.objects.get().level == "1"


def test_a_word_may_be_left_out(cast: Cast) -> None:
    batch = ledgers.check(cast.clerk_a, "people", _people("备考"))
    batch = _answer(batch, cast.clerk_a, 备考="")
    assert _open(batch) == []
    assert "按答复不登记" in ImportRow.objects.get(batch=batch).messages[0]["message"]
    ledgers.apply(batch)
    assert Certificate.objects.count() == 0
    assert _open(ledgers.check(cast.clerk_a, "people", _people("备考"))) == []


def test_a_required_word_waits_for_its_answer(cast: Cast) -> None:
    header = "院校名称 专业 培养层次 毕业年度 毕业人数 其中留黔人数".split()
    data = ledgers.workbook([header, ["贵州大学", "社会工作", "五年一贯", 2024, 30, 12]])
    batch = ledgers.check(cast.province, "graduates", data)
    assert ledgers.outcomes(batch) == {"held": 1}
    (question,) = batch.questions
    assert question["word"] == "五年一贯"
    with pytest.raises(RuleError, match="不在可选范围内"):
        # Without it there is no record: it cannot be left out for good.
        actions.answer_questions(
            batch=batch, by=cast.province, answers={question["id"]: ""}, inline=True
        )
    with pytest.raises(RuleError, match="没有新的答复"):
        actions.answer_questions(
            batch=batch, by=cast.province, answers={}, leaves_rest=True, inline=True
        )
    answers = {question["id"]: "31"}
    actions.answer_questions(batch=batch, by=cast.province, answers=answers, inline=True)
    jobs.run(batch.job_id)
    assert ledgers.outcomes(ledgers.fresh(batch)) == {"new": 1}


@pytest.mark.parametrize("level", ["520102199003071236", "电话13885011234", "说" * 61])
def test_no_number_and_no_speech_is_asked_about(cast: Cast, level: str) -> None:
    batch = ledgers.check(cast.clerk_a, "people", _people(level))
    assert ledgers.outcomes(batch) == {"new": 1}
    assert batch.questions == []
    assert ImportRow.objects.get(batch=batch).messages[0]["message"].endswith("按没有填写办理。")


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
        actions.answer_questions(batch=batch, by=cast.clerk_a, answers=answers, inline=True)
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
    assert "请先答复这几处（2 处）" in page
    # The likeliest by its characters; of what is like nothing, none.
    assert page.count(" selected>社会工作师<") == 1
    assert page.count(" selected") == 1
    key = f"{LEVEL}从没见过"
    seen = re.findall(r'name="seen" value="(\d+)"', page)[0]
    client.post(f"{address}answers/", {f"answer_{key}": "-", "seen": seen})
    jobs.run(batch.job_id)
    page = client.get(address).text
    assert "请先答复这几处（1 处）" in page
    assert "还有 1 处没有答复" in page
    assert "已答复" in page
    # A page from before the last check would take back what was answered since.
    late = client.post(f"{address}answers/", {f"answer_{key}": "1", "seen": seen}, follow=True)
    assert "刚刚重新核对过" in late.text
    assert WordMemory.objects.get().code == ""
    # Changed again, as long as nothing is written.
    client.post(f"{address}answers/", {f"answer_{key}": "1"})
    jobs.run(batch.job_id)
    assert (WordMemory.objects.get().code, WordMemory.objects.get().by) == ("1", cast.clerk_a)
    same = client.post(f"{address}answers/", {f"answer_{key}": "1"}, follow=True)
    assert "没有新的答复" in same.text


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
    for text in ("[1]", '{"a": null}', "{"):
        answers.write_text(text)
        with pytest.raises(CommandError, match="不是「问题编号: 答复」的 JSON"):
            run("--answers", str(answers))
    with pytest.raises(CommandError, match="读不了答复文件"):
        run("--answers", str(tmp_path / "none.json"))
    answers.write_text(json.dumps({f"{LEVEL}乙级社工": "77"}), encoding="utf-8-sig")
    with pytest.raises(CommandError, match="不在可选范围内"):
        run("--answers", str(answers))
    assert not Job.objects.filter(status=Job.Status.WAITING).exists()


def test_what_was_decided_of_rows_outlives_an_answer(cast: Cast) -> None:
    number = id_number()
    rows = [
        ledgers.person("王甲", number, 证书级别="甲级社工", 批准日期="2020-10-18"),
        ledgers.person("王乙", number),
    ]
    batch = ledgers.check(cast.clerk_a, "people", ledgers.people(*rows))
    assert ledgers.outcomes(batch) == {"held": 2}
    actions.decide(
        row=ImportRow.objects.get(batch=batch, number=3), by=cast.clerk_a,
        question="repeat", decision="ledger",
    )  # fmt: skip
    batch = _answer(ledgers.fresh(batch), cast.clerk_a, 甲级社工="2")
    assert ledgers.outcomes(batch) == {"new": 1, "held": 1}
    assert ImportRow.objects.get(batch=batch, number=3).outcome == "new"


@pytest.mark.parametrize("word", ["已撤并了", "不知道"])
def test_what_decides_whether_a_station_counts_waits(cast: Cast, word: str) -> None:
    header = "站点名称 站点类型 乡镇（街道） 建成时间 运行状态 批复文号".split()
    row = ["某站", "乡镇（街道）社工站", "新华路街道", "2023-08-15", word, "民发1号"]
    batch = ledgers.check(cast.clerk_a, "stations", ledgers.workbook([header, row]))
    assert ledgers.outcomes(batch) == {"held": 1}
    assert _open(batch) == [word]


def test_too_many_words_are_another_column(cast: Cast) -> None:
    said = [f"街{'甲乙丙丁戊己庚辛壬癸'[i % 10]}{'子丑寅卯辰巳'[i // 10]}干部" for i in range(51)]
    batch = ledgers.check(
        cast.clerk_a, "people", ledgers.people(*(ledgers.person("王甲", 岗位=w) for w in said))
    )
    assert ledgers.outcomes(batch) == {"new": 51}
    assert [q["too_many"] for q in batch.questions] == [51]


def test_what_was_asked_goes_with_the_rows(cast: Cast) -> None:
    batch = ledgers.check(cast.clerk_a, "people", _people("甲级社工"))
    assert forget_expired(before=timezone.now() + timedelta(days=1)) == 1
    assert ledgers.fresh(batch).questions == []
