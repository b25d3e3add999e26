"""Rows that wait for a person: every reason has choices that settle it in place."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.urls import reverse

from core.dates import today
from core.imports import actions, showing
from core.models import ImportBatch
from talent.actions import people as acting
from talent.models import Certificate, Person, PersonState, Post, TransferRequest
from tests.conftest import Cast
from tests.imports.ledgers import apply, check, fresh, outcomes, people, person, row_of, take, words
from tests.rows import id_number

pytestmark = pytest.mark.django_db
CERTIFICATE = {"证书级别": "社会工作师（中级）", "管理号": "20200100001", "批准日期": "2020-09-13"}


def offered(batch: ImportBatch, number: int) -> dict[str, str]:
    return dict(showing.shown_row(row_of(batch, number), may_decide=True)["decisions"])


def decide(batch: ImportBatch, number: int, decision: str) -> ImportBatch:
    actions.decide(row=row_of(batch, number), by=batch.by, decision=decision)
    return fresh(batch)


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
        assert offered(batch, 3) == {"ledger": "改为录入这一行", "skip": "跳过不录入"}

    def test_the_other_may_be_taken_instead(self, batch: ImportBatch) -> None:
        batch = decide(batch, 3, "ledger")
        assert outcomes(batch) == {"new": 2, "held": 1}
        apply(batch)
        assert Person.objects.get(name="张三").remark == "二"

    def test_and_that_may_be_taken_back(self, batch: ImportBatch) -> None:
        batch = decide(decide(batch, 3, "ledger"), 3, "")
        assert row_of(batch, 2).outcome == "new"
        apply(batch)
        assert Person.objects.get(name="张三").remark == "一"

    def test_of_three_names_one_is_chosen(self, cast: Cast) -> None:
        number = id_number()
        rows = [person(name, number) for name in ("张三", "李四", "王五")]
        batch = check(cast.clerk_a, "people", people(*rows))
        assert outcomes(batch) == {"held": 3}
        apply(decide(batch, 3, "ledger"))
        assert Person.objects.get().name == "李四"


class TestACertificateNumberOfSomebodyElse:
    @pytest.mark.parametrize("where", ["registry", "file"])
    def test_the_rest_of_the_row_may_be_taken(self, cast: Cast, where: str) -> None:
        first, second = person("张三", **CERTIFICATE), person("李四", **CERTIFICATE)
        if where == "registry":
            take(cast.clerk_a, "people", people(first))
            batch, number = check(cast.clerk_a, "people", people(second)), 2
        else:
            batch, number = check(cast.clerk_a, "people", people(first, second)), 3
        assert offered(batch, number)["registry"] == "不录这个证书，其余照录"
        batch = decide(batch, number, "registry")
        assert row_of(batch, number).outcome == "new"
        apply(batch)
        assert set(Person.objects.values_list("name", flat=True)) == {"张三", "李四"}
        assert Certificate.objects.get().person.name == "张三"

    def test_a_decision_that_does_not_settle_it_leaves_the_choices(self, cast: Cast) -> None:
        rows = [person("张三", **CERTIFICATE), person("李四", **CERTIFICATE)]
        batch = decide(check(cast.clerk_a, "people", people(*rows)), 3, "ledger")
        assert outcomes(batch)["held"] == 1
        assert "registry" in offered(batch, 3)


class TestSomebodyWhoIsGone:
    def gone(self, cast: Cast, verb: Any, **details: Any) -> str:
        number = id_number()
        take(cast.clerk_a, "people", people(person("张三", number)))
        verb(person=Person.objects.get(), by=cast.clerk_a, **details)
        return number

    @pytest.mark.parametrize("started", ["2023-03-01", "2025-06-01"])
    def test_who_left_comes_back_when_told(self, cast: Cast, started: str) -> None:
        left = datetime.date(2024, 5, 1)
        number = self.gone(cast, acting.leave_province, left_on=left, reason="外出")
        batch = check(cast.clerk_a, "people", people(person("张三", number, 入职日期=started)))
        assert outcomes(batch) == {"held": 1}
        assert "离省" in words(batch, 2)
        batch = decide(batch, 2, "ledger")
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
        number = self.gone(cast, acting.record_death, died_on=died, proof="死亡证明")
        batch = check(cast.clerk_a, "people", people(person("张三", number)))
        assert offered(batch, 2) == {"skip": "跳过不录入"}
        assert outcomes(decide(batch, 2, "ledger")) == {"held": 1}


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
        assert showing.shared_choices(batch) == [
            ("ledger", "以台账为准", 3),
            ("registry", "以在册为准", 3),
        ]

    def test_and_decided_together(self, batch: ImportBatch, client_of: Any) -> None:
        client, url = client_of(batch.by), reverse("import_decide_all", args=[batch.pk])
        assert "以台账为准（3 行）" in client.get(reverse("import_detail", args=[batch.pk])).text
        said = client.post(url, {"choice": "ledger:以台账为准"}, follow=True).text
        assert "3 行已处理。" in said
        assert outcomes(fresh(batch)) == {"changed": 3, "held": 2}
        apply(fresh(batch))
        assert set(Person.objects.values_list("name", flat=True)) == {"新一", "新二", "新三"}

    def test_not_those_that_exclude_each_other(self, batch: ImportBatch) -> None:
        words = "录入这一行，同号的跳过"
        decided = actions.decide_all(batch=batch, by=batch.by, decision="ledger", words=words)
        assert decided == 0
        assert outcomes(fresh(batch)) == {"held": 5}

    def test_only_decisions_there_are(self, batch: ImportBatch, client_of: Any) -> None:
        url = reverse("import_decide_all", args=[batch.pk])
        said = client_of(batch.by).post(url, {"choice": "drop:以台账为准"}, follow=True).text
        assert "请选择一种处理方式。" in said


@pytest.mark.parametrize(("decision", "post"), [("ledger", "南明区民政局"), ("registry", None)])
def test_another_employer_since_no_later_day(cast: Cast, decision: str, post: str | None) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number, 入职日期="2024-01-01")))
    other = person("张三", number, 工作单位="南明区民政局", 入职日期="2023-01-01", 备注="骨干")
    batch = check(cast.clerk_a, "people", people(other))
    words = {"ledger": "按台账换岗", "registry": "保留在册岗位", "skip": "跳过不录入"}
    assert offered(batch, 2) == words
    apply(decide(batch, 2, decision))
    one = Post.objects.get(ended_on=None)
    assert (one.organization and one.organization.name) == post
    assert Person.objects.get().remark == "骨干"


def test_a_transfer_may_be_left_unasked(cast: Cast) -> None:
    number = id_number(prefix="520111")
    own = person("王五", number, **{"乡镇（街道）": "青岩镇", "工作单位": "青岩镇社工站"})
    take(cast.clerk_b, "people", people(own))
    batch = check(cast.clerk_a, "people", people(person("王五", number)))
    assert offered(batch, 2) == {"skip": "不申请转入"}
    apply(decide(batch, 2, "skip"))
    assert not TransferRequest.objects.exists()


def test_the_page_has_a_button_for_each_choice(cast: Cast, client_of: Any) -> None:
    rows = [person("张三", **CERTIFICATE), person("李四", **CERTIFICATE)]
    batch = check(cast.clerk_a, "people", people(*rows))
    client = client_of(cast.clerk_a)
    page = client.get(reverse("import_detail", args=[batch.pk]), {"tab": "held"})
    assert "不录这个证书，其余照录" in page.content.decode()
    url = reverse("import_decide", args=[batch.pk, 3])
    client.post(url, {"decision": "registry", "tab": "held"})
    assert outcomes(fresh(batch)) == {"new": 2}
