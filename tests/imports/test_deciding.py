"""Rows that wait for a person: every reason has choices that settle it in place."""

from __future__ import annotations

import datetime
import io
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from core.dates import today
from core.jobs import running as jobs
from core.ledgers import actions, showing, workbooks
from core.ledgers.comparing import count
from core.models import ImportBatch, Job
from core.rules import RuleError
from projects.models import Project
from talent.models import Certificate, Person, PersonState, Post, TransferRequest
from talent.people.actions import leave_province, record_death
from tests.conftest import Cast
from tests.imports.ledgers import (
    apply,
    check,
    fresh,
    outcomes,
    people,
    person,
    row_of,
    take,
    words,
    workbook,
)
from tests.imports.test_projects import HEAD as PROJECT_HEAD
from tests.imports.test_projects import row as project
from tests.rows import id_number

pytestmark = pytest.mark.django_db
SKIP = {"skip": "跳过不录入"}
CERTIFICATE = {"证书级别": "社会工作师（中级）", "管理号": "20200100001", "批准日期": "2020-09-13"}


def offered(batch: ImportBatch, number: int) -> dict[str, dict[str, str]]:
    """The buttons of a row: answers and their words by question."""
    row = showing.shown_row(row_of(batch, number), may_decide=True)
    found = {m["question"]: dict(m["choices"]) for m in row["messages"] if m["choices"]}
    return found | ({"row": dict(row["skip"].choices)} if row["may_skip"] else {})


def decide(batch: ImportBatch, number: int, question: str, decision: str) -> ImportBatch:
    actions.decide(row=row_of(batch, number), by=batch.by, question=question, decision=decision)
    batch = fresh(batch)
    assert batch.counts == count(batch)
    return batch


class TestTwoRowsOfOneFile:
    @pytest.fixture
    def batch(self, cast: Cast) -> ImportBatch:
        number = id_number()
        rows = [
            person("张三", number, 备注="一"),
            person("张三", number, 备注="二"),
            person("李四"),
        ]
        return check(cast.clerk_a, "people", people(*rows))

    def test_the_first_is_taken_and_said(self, batch: ImportBatch) -> None:
        assert outcomes(batch) == {"new": 2, "held": 1}
        assert "只录入第 2 行" in words(batch, 3)
        assert offered(batch, 3) == {"repeat": {"ledger": "改为录入这一行"}, "row": SKIP}

    def test_the_other_may_be_taken_instead(self, batch: ImportBatch) -> None:
        batch = decide(batch, 3, "repeat", "ledger")
        assert outcomes(batch) == {"new": 2, "held": 1}
        apply(batch)
        assert Person.objects.get(name="张三").remark == "二"

    def test_and_that_may_be_taken_back(self, batch: ImportBatch) -> None:
        batch = decide(decide(batch, 3, "repeat", "ledger"), 3, "repeat", "")
        assert row_of(batch, 2).outcome == "new"
        apply(batch)
        assert Person.objects.get(name="张三").remark == "一"

    def test_of_three_names_one_is_chosen(self, cast: Cast) -> None:
        number = id_number()
        rows = [person(name, number) for name in ("张三", "李四", "王五")]
        batch = check(cast.clerk_a, "people", people(*rows))
        assert outcomes(batch) == {"held": 3}
        apply(decide(batch, 3, "repeat", "ledger"))
        assert Person.objects.get().name == "李四"

    def test_more_of_them_than_a_page_can_wait_for_are_left_to_the_job(
        self, batch: ImportBatch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(actions, "AT_ONCE", 1)
        batch = decide(batch, 3, "repeat", "ledger")
        assert batch.job.status == Job.Status.QUEUED
        assert (row_of(batch, 2).outcome, row_of(batch, 3).outcome) == ("new", "held")
        jobs.run(batch.job_id)
        assert (row_of(batch, 2).outcome, row_of(batch, 3).outcome) == ("held", "new")
        apply(fresh(batch))
        assert Person.objects.get(name="张三").remark == "二"

    @pytest.mark.parametrize(("skipped", "taken"), [(2, 3), (3, 2)])
    def test_a_row_that_is_skipped_says_nothing_against_the_others(
        self, cast: Cast, skipped: int, taken: int
    ) -> None:
        """Neither by what it holds nor by another name."""
        number = id_number()
        names = ["李四" if n == skipped else "张三" for n in (2, 3, 4)]
        rows = [person(name, number, 备注=f"第 {n} 行") for n, name in enumerate(names, start=2)]
        batch = check(cast.clerk_a, "people", people(*rows))
        batch = decide(batch, skipped, "row", "skip")
        assert outcomes(batch) == {"new": 1, "held": 2}
        assert f"只录入第 {taken} 行" in words(batch, 4)
        apply(batch)
        assert Person.objects.get().remark == f"第 {taken} 行"

    @pytest.mark.parametrize("answer", ["ledger", ""])
    def test_two_rows_of_a_project_are_tied_as_well(self, cast: Cast, answer: str) -> None:
        rows = [project(), project(合同金额=80_000), project("另一项目")]
        batch = check(cast.clerk_a, "projects", workbook([PROJECT_HEAD, *rows]))
        assert outcomes(batch) == {"new": 2, "held": 1}
        batch = decide(batch, 3, "repeat", "ledger")
        assert (row_of(batch, 2).outcome, row_of(batch, 3).outcome) == ("held", "new")
        if not answer:
            batch = decide(batch, 3, "repeat", "")
        apply(batch)
        amount = Project.objects.get(name="某项目").contract_amount
        assert amount == (80_000 if answer else 90_000)
        assert Project.objects.count() == 2


class TestACertificateNumberOfSomebodyElse:
    @pytest.mark.parametrize("where", ["registry", "file"])
    def test_the_rest_of_the_row_may_be_taken(self, cast: Cast, where: str) -> None:
        first, second = person("张三", **CERTIFICATE), person("李四", **CERTIFICATE)
        if where == "registry":
            take(cast.clerk_a, "people", people(first))
            batch, number = check(cast.clerk_a, "people", people(second)), 2
        else:
            batch, number = check(cast.clerk_a, "people", people(first, second)), 3
        assert offered(batch, number)["number"]["registry"] == "不录这个证书，其余照录"
        batch = decide(batch, number, "number", "registry")
        assert row_of(batch, number).outcome == "new"
        apply(batch)
        assert set(Person.objects.values_list("name", flat=True)) == {"张三", "李四"}
        assert Certificate.objects.get().person.name == "张三"

    def test_only_what_is_asked_can_be_answered(self, cast: Cast) -> None:
        rows = [person("张三", **CERTIFICATE), person("李四", **CERTIFICATE)]
        batch = check(cast.clerk_a, "people", people(*rows))
        for question, decision in (("number", "ledger"), ("name", "ledger"), ("row", "registry")):
            with pytest.raises(RuleError, match="不能这样选"):
                decide(batch, 3, question, decision)
        assert "number" in offered(batch, 3)


class TestSomebodyWhoIsGone:
    def gone(self, cast: Cast, verb: Any, **details: Any) -> str:
        number = id_number()
        take(cast.clerk_a, "people", people(person("张三", number)))
        verb(person=Person.objects.get(), by=cast.clerk_a, **details)
        return number

    @pytest.mark.parametrize("started", ["2023-03-01", "2025-06-01"])
    def test_who_left_comes_back_when_told(self, cast: Cast, started: str) -> None:
        left = datetime.date(2024, 5, 1)
        number = self.gone(cast, leave_province, left_on=left, reason="外出")
        batch = check(cast.clerk_a, "people", people(person("张三", number, 入职日期=started)))
        assert outcomes(batch) == {"held": 1}
        assert "离省" in words(batch, 2)
        batch = decide(batch, 2, "return", "ledger")
        assert outcomes(batch) == {"changed": 1}
        apply(batch)
        since = datetime.date(2025, 6, 1) if started == "2025-06-01" else today()
        assert Person.objects.get().status == "10"
        away, back = PersonState.objects.order_by("valid_from")[1:]
        assert (away.valid_from, away.valid_to) == (datetime.date(2024, 5, 2), since)
        assert (back.status, back.valid_from) == ("10", since)
        assert Post.objects.get(ended_on=None).started_on == since

    def test_the_dead_do_not(self, cast: Cast) -> None:
        died = datetime.date(2025, 5, 1)
        number = self.gone(cast, record_death, died_on=died, proof="死亡证明")
        batch = check(cast.clerk_a, "people", people(person("张三", number)))
        assert offered(batch, 2) == {"row": SKIP}
        batch = decide(batch, 2, "row", "skip")
        assert "已选择跳过" in words(batch, 2)
        assert not workbooks.left_rows(batch).exists()


class TestManyAtOnce:
    @pytest.fixture
    def batch(self, cast: Cast) -> ImportBatch:
        """Three names that differ from the registry, and two rows about the same person."""
        numbers = [id_number() for _ in range(3)]
        take(
            cast.clerk_a,
            "people",
            people(*[person(f"旧{c}", n) for c, n in zip("一二三", numbers, strict=True)]),
        )
        twice = id_number()
        rows = [person(f"新{c}", n) for c, n in zip("一二三", numbers, strict=True)]
        rows += [person("张三", twice), person("李四", twice)]
        return check(cast.clerk_a, "people", people(*rows))

    def test_rows_alike_are_offered_together(self, batch: ImportBatch) -> None:
        choices = [["ledger", "以台账为准"], ["registry", "以在册为准"]]
        assert showing.shared_questions(batch) == [
            {"code": "name", "title": "姓名与在册不同", "choices": choices, "count": 3}
        ]

    def test_and_decided_together(self, batch: ImportBatch, client_of: Any) -> None:
        client, url = client_of(batch.by), reverse("import_decide_all", args=[batch.pk])
        assert "以台账为准（3 行）" in client.get(reverse("import_detail", args=[batch.pk])).text
        said = client.post(url, {"question": "name", "decision": "ledger"}, follow=True).text
        assert "3 行已处理。" in said
        assert outcomes(fresh(batch)) == {"changed": 3, "held": 2}
        assert fresh(batch).counts == count(batch)
        apply(fresh(batch))
        assert set(Person.objects.values_list("name", flat=True)) == {"新一", "新二", "新三"}

    @pytest.mark.parametrize(
        ("question", "decision"), [("repeat", "ledger"), ("name", "drop"), ("name", "")]
    )
    def test_not_what_excludes_each_other_or_is_no_answer(
        self, batch: ImportBatch, client_of: Any, question: str, decision: str
    ) -> None:
        url = reverse("import_decide_all", args=[batch.pk])
        answer = {"question": question, "decision": decision}
        assert "请选择一种处理方式。" in client_of(batch.by).post(url, answer, follow=True).text
        assert outcomes(fresh(batch)) == {"held": 5}

    def test_more_than_a_page_can_wait_for_are_left_to_the_job(
        self, batch: ImportBatch, client_of: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(actions, "AT_ONCE", 2)
        client, url = client_of(batch.by), reverse("import_decide_all", args=[batch.pk])
        said = client.post(url, {"question": "name", "decision": "registry"}, follow=True).text
        assert "排队中" in said
        assert outcomes(fresh(batch)) == {"held": 5}
        # Nor is a row written before the job has its turn; and an interruption loses nothing.
        assert not batch.rows.exclude(decisions={}).exists()
        Job.objects.update(status=Job.Status.FAILED)
        actions.resume(batch=batch, by=batch.by)
        jobs.run(batch.job_id)
        assert outcomes(fresh(batch)) == {"unchanged": 3, "held": 2}
        assert fresh(batch).job.status == Job.Status.WAITING


class TestSeveralQuestionsOfARow:
    """Another name and another employer: each is answered by itself."""

    @pytest.fixture
    def batch(self, cast: Cast) -> ImportBatch:
        number = id_number()
        take(cast.clerk_a, "people", people(person("张三", number, 入职日期="2024-01-01")))
        other = person("张三丰", number, 工作单位="南明区民政局", 入职日期="2023-01-01")
        return check(cast.clerk_a, "people", people(other))

    def test_all_are_asked_at_once(self, batch: ImportBatch) -> None:
        assert offered(batch, 2) == {
            "name": {"ledger": "以台账为准", "registry": "以在册为准"},
            "post": {"ledger": "按台账换岗", "registry": "保留在册岗位"},
            "row": SKIP,
        }

    def test_one_answer_leaves_the_other_open(self, batch: ImportBatch) -> None:
        batch = decide(batch, 2, "name", "ledger")
        assert outcomes(batch) == {"held": 1}
        assert offered(batch, 2)["name"] == {"": "改主意"}
        assert offered(batch, 2)["post"]["registry"] == "保留在册岗位"

    @pytest.mark.parametrize(("name", "kept"), [("张三丰", True), ("张三", False)])
    def test_answers_may_differ(self, batch: ImportBatch, name: str, kept: bool) -> None:
        batch = decide(batch, 2, "name", "ledger" if name == "张三丰" else "registry")
        batch = decide(batch, 2, "post", "registry" if kept else "ledger")
        assert outcomes(batch) == {"changed": 1}
        apply(batch)
        assert Person.objects.get().name == name
        assert Post.objects.filter(ended_on=None, organization=None).exists() == kept

    def test_one_may_be_taken_back(self, batch: ImportBatch) -> None:
        batch = decide(decide(batch, 2, "name", "ledger"), 2, "post", "registry")
        batch = decide(batch, 2, "name", "")
        assert outcomes(batch) == {"held": 1}
        assert row_of(batch, 2).decisions == {"post": "registry"}

    def test_the_page_asks_each_by_itself(self, batch: ImportBatch, client_of: Any) -> None:
        client = client_of(batch.by)
        url = reverse("import_decide", args=[batch.pk, 2])
        client.post(url, {"question": "post", "decision": "registry", "tab": "held"})
        page = client.get(reverse("import_detail", args=[batch.pk]), {"tab": "held"}).text
        assert "已选择：保留在册岗位" in page
        assert "以台账为准" in page

    def test_what_is_answered_is_no_reason_to_send_a_row_back(self, batch: ImportBatch) -> None:
        batch = decide(batch, 2, "post", "registry")
        sheet = openpyxl.load_workbook(io.BytesIO(workbooks.refused_workbook(batch))).active
        reason = str([row[-1].value for row in sheet][-1])
        assert "在册姓名" in reason
        assert "在册主岗" not in reason


def test_rows_that_hang_on_each_other_are_compared_together(cast: Cast) -> None:
    """The row that waits for a number is free of it once the first one is skipped, which
    another row of the same person is chosen for."""
    number = id_number()
    rows = [
        person("张三", number, **CERTIFICATE),
        person("张三", number, 备注="二"),
        person("李四", **CERTIFICATE),
        person("王五"),
    ]
    batch = check(cast.clerk_a, "people", people(*rows))
    assert outcomes(batch) == {"new": 2, "held": 2}
    before = row_of(batch, 5)
    batch = decide(batch, 3, "repeat", "ledger")
    assert outcomes(batch) == {"new": 3, "held": 1}
    assert row_of(batch, 4).outcome == "new"
    assert row_of(batch, 5).writes == before.writes


@pytest.mark.parametrize(("decision", "post"), [("ledger", "南明区民政局"), ("registry", None)])
def test_another_employer_since_no_later_day(cast: Cast, decision: str, post: str | None) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number, 入职日期="2024-01-01")))
    other = person("张三", number, 工作单位="南明区民政局", 入职日期="2023-01-01", 备注="骨干")
    batch = check(cast.clerk_a, "people", people(other))
    words = {"ledger": "按台账换岗", "registry": "保留在册岗位"}
    assert offered(batch, 2) == {"post": words, "row": SKIP}
    apply(decide(batch, 2, "post", decision))
    one = Post.objects.get(ended_on=None)
    assert (one.organization and one.organization.name) == post
    assert Person.objects.get().remark == "骨干"


def test_a_transfer_may_be_left_unasked(cast: Cast) -> None:
    number = id_number(prefix="520111")
    own = person("王五", number, **{"乡镇（街道）": "青岩镇", "工作单位": "青岩镇社工站"})
    take(cast.clerk_b, "people", people(own))
    batch = check(cast.clerk_a, "people", people(person("王五", number)))
    assert offered(batch, 2) == {"row": {"skip": "不申请转入"}}
    apply(decide(batch, 2, "row", "skip"))
    assert not TransferRequest.objects.exists()


def test_the_page_has_a_button_for_each_choice(cast: Cast, client_of: Any) -> None:
    rows = [person("张三", **CERTIFICATE), person("李四", **CERTIFICATE)]
    batch = check(cast.clerk_a, "people", people(*rows))
    client = client_of(cast.clerk_a)
    page = client.get(reverse("import_detail", args=[batch.pk]), {"tab": "held"})
    assert "不录这个证书，其余照录" in page.content.decode()
    url = reverse("import_decide", args=[batch.pk, 3])
    answer = {"question": "number", "decision": "registry", "tab": "held", "page": "1"}
    # Back to where the clerk was, not to the top of the page.
    assert client.post(url, answer).url.endswith("/?tab=held&page=1#row-3")
    assert outcomes(fresh(batch)) == {"new": 2}
