"""Answers to words: an office changes or forgets its own, the province adopts one for all."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from core.ledgers import adopting
from core.ledgers.words import known_words
from core.models import User, WordMemory
from core.rules import RuleError
from core.scoping import OutOfScope
from tests.conftest import COUNTY_A, COUNTY_B, Cast
from tests.imports import ledgers
from tests.imports.test_pages import text
from tests.imports.test_words import LEVEL, _open, _people

pytestmark = pytest.mark.django_db
COLUMN = ("certificate_level", "甲级社工")


def answer(
    region: str = COUNTY_A, code: str = "2", word: str = "甲级社工", **other: Any
) -> WordMemory:
    fields = {"kind": "people", "attribute": "certificate_level", **other}
    return WordMemory.objects.create(region_id=region, word=word, code=code, **fields)


def go(client: Any, name: str, row: WordMemory, **data: Any) -> str:
    response = client.post(reverse(f"word_{name}", args=[row.pk]), data, follow=True)
    assert response.status_code == 200, response.status_code
    return text(response)


def see(client: Any, row: WordMemory) -> str:
    return text(client.get(reverse("word_detail", args=[row.pk])))


class TestOfAnOffice:
    def test_the_list_says_what_was_answered(self, cast: Cast, client_of: Any) -> None:
        answer(by=cast.clerk_a)
        answer(code="", word="备考")
        answer(COUNTY_B, "1", "乙级社工")
        # A kind and a column that are no more, and a column without choices.
        answer(kind="trainees", attribute="level", word="旧词", code="9")
        answer(attribute="remark", word="某话", code="3")
        client = client_of(cast.clerk_a)
        said = text(client.get(reverse("word_list")))
        for words in ("甲级社工", "证书级别", "社会工作师", "南明录入员", "备考", "不登记这个词"):
            assert words in said
        for words in ("旧词", "trainees", "level", "某话"):
            assert words in said
        assert "乙级社工" not in said
        found = text(client.get(reverse("word_list"), {"kind": "people", "q": "甲级"}))
        assert "甲级社工" in found
        assert "备考" not in found
        assert "乙级社工" in text(client_of(cast.prefecture).get(reverse("word_list")))
        WordMemory.objects.all().delete()
        assert "还没有答复过词" in text(client.get(reverse("word_list")))

    def test_it_is_changed(self, cast: Cast, client_of: Any) -> None:
        row, client = answer(), client_of(cast.clerk_a)
        assert "改动记录" in see(client, row)
        assert "已改过" in go(client, "change", row, code="1")
        row.refresh_from_db()
        assert (row.code, row.by) == ("1", cast.clerk_a)
        said = see(client, row)
        assert "社会工作师</" in said
        assert "南明录入员" in said
        assert "已改过" in go(client, "change", row, code="-")
        row.refresh_from_db()
        assert row.code == ""
        for wrong in ({"code": "77"}, {"code": ""}, {}):
            assert "请在可选的意思中选一个" in go(client, "change", row, **wrong)
        row.refresh_from_db()
        assert row.code == ""

    def test_what_is_required_is_not_left_out(self, cast: Cast, client_of: Any) -> None:
        row = answer(kind="graduates", attribute="level", word="五年一贯", code="31")
        client = client_of(cast.clerk_a)
        assert "不登记这个词" not in see(client, row)
        assert "请在可选的意思中选一个" in go(client, "change", row, code="-")

    def test_it_is_forgotten_and_asked_again(self, cast: Cast, client_of: Any) -> None:
        row, client = answer(), client_of(cast.clerk_a)
        assert _open(ledgers.check(cast.clerk_a, "people", _people("甲级社工"))) == []
        assert "已忘掉" in go(client, "forget", row)
        assert _open(ledgers.check(cast.clerk_a, "people", _people("甲级社工"))) == ["甲级社工"]
        event = WordMemory.pgh_event_model.objects.get(pgh_obj_id=row.pk, pgh_label="delete")  # type: ignore[attr-defined]
        assert event.pgh_context.metadata["user"] == str(cast.clerk_a.pk)

    def test_what_nobody_is_asked_any_more_is_only_forgotten(
        self, cast: Cast, client_of: Any
    ) -> None:
        row, client = answer(kind="trainees", word="旧词", code="9"), client_of(cast.clerk_a)
        said = see(client, row)
        assert "改过来" not in said
        assert "忘掉</button>" in said
        assert "请在可选的意思中选一个" in go(client, "change", row, code="9")
        go(client, "forget", row)
        assert not WordMemory.objects.exists()

    def test_another_office_finds_nothing(self, cast: Cast, client_of: Any) -> None:
        row, client = answer(), client_of(cast.clerk_b)
        assert client.get(reverse("word_detail", args=[row.pk])).status_code == 404
        for name in ("change", "forget"):
            assert client.post(reverse(f"word_{name}", args=[row.pk])).status_code == 404
        with pytest.raises(OutOfScope):
            adopting.forget_answer(answer=row, by=cast.clerk_b)
        for user in (cast.viewer_a, cast.worker_a, cast.system):
            assert client_of(user).get(reverse("word_detail", args=[row.pk])).status_code == 403
            assert client_of(user).get(reverse("word_list")).status_code == 403
        with pytest.raises(PermissionDenied):
            adopting.change_answer(answer=row, by=cast.viewer_a, code="1")

    def test_a_superior_reads_it_and_leaves_it(self, cast: Cast, client_of: Any) -> None:
        row, client = answer(), client_of(cast.prefecture)
        said = see(client, row)
        assert "贵阳市 南明区的答复：社会工作师" in said
        assert "由答复的单位自己改" in said
        assert "改过来" not in said
        for name in ("change", "forget"):
            assert "由那个单位自己改" in go(client, name, row, code="1")
        row.refresh_from_db()
        assert row.code == "2"


class TestOfAllOffices:
    def test_words_by_the_number_of_offices(self, cast: Cast, client_of: Any) -> None:
        for region, code in ((COUNTY_A, "2"), (COUNTY_B, "2"), ("522301", "")):
            answer(region, code)
        answer(word="乙级社工", code="1")
        page = client_of(cast.province).get(reverse("common_word_list"))
        assert [row.word for row in page.context["page"].object_list] == ["甲级社工", "乙级社工"]
        assert [row.offices for row in page.context["page"].object_list] == [3, 1]
        assert "社会工作师 2 个单位，不登记这个词 1 个单位" in text(page)
        # Wherever one works: the words are those of the province.
        client = client_of(cast.province)
        client.post(reverse("region_switch"), {"region": "5223", "next": "/"})
        page = client.get(reverse("common_word_list"))
        assert [row.offices for row in page.context["page"].object_list] == [3, 1]
        only = client.get(reverse("common_word_list"), {"adopted": "yes"})
        assert len(only.context["page"].object_list) == 0

    def test_one_is_adopted_and_taken_back(self, cast: Cast, client_of: Any) -> None:
        first, _, _ = answer(), answer(COUNTY_B, "2"), answer("522301", "1")
        client = client_of(cast.province)
        said = see(client, first)
        assert "全省还没有采用" in said
        # The table says what each office means, the form what most do.
        assert "贵阳市 南明区、" in said
        assert said.count('<option value="2" selected>') == 1
        assert "取消全省采用" not in said
        assert "已全省采用" in go(client, "adopt", first, code="2")
        # Who has said nothing is not asked; who has said something is not overruled.
        assert known_words("people", "520112")[COLUMN] == "2"
        assert known_words("people", "522301")[COLUMN] == "1"
        assert _open(ledgers.check(cast.clerk_b, "people", _people("甲级社工"))) == []
        said = see(client, first)
        assert "全省采用：" in said
        assert str(cast.province) in said
        # Another meaning takes its place.
        go(client, "adopt", first, code="-")
        adopted = WordMemory.objects.get(is_shared=True)
        assert (adopted.region_id, adopted.code, adopted.by) == ("52", "", cast.province)
        page = client.get(reverse("common_word_list"))
        assert [row.pk for row in page.context["page"].object_list] == [adopted.pk]
        assert page.context["page"].object_list[0].offices == 3
        assert "已取消全省采用" in go(client, "take_back", adopted)
        assert COLUMN not in known_words("people", "520112")
        assert WordMemory.objects.count() == 3
        assert "不用取消" in go(client, "take_back", first)

    def test_who_may_not_adopt_sees_what_is_adopted(self, cast: Cast, client_of: Any) -> None:
        row = answer(COUNTY_B, "1")
        adopting.adopt(answer=row, by=cast.province, code="2")
        adopted = WordMemory.objects.get(is_shared=True)
        answer(word="乙级社工")
        for user in (cast.clerk_a, cast.reviewer_a, cast.prefecture):
            client = client_of(user)
            page = client.get(reverse("common_word_list"))
            assert [one.word for one in page.context["page"].object_list] == ["甲级社工"]
            said = see(client, adopted)
            assert "全省采用：社会工作师" in said
            assert "花溪" not in said
            for name in ("adopt", "take_back"):
                url = reverse(f"word_{name}", args=[adopted.pk])
                assert client.post(url, {"code": "1"}).status_code == 403
            with pytest.raises(PermissionDenied):
                adopting.adopt(answer=row, by=user, code="1")
        # What lies outside her scope is not changed.
        url = reverse("word_change", args=[adopted.pk])
        assert client_of(cast.clerk_a).post(url, {"code": "1"}).status_code == 403
        adopted.refresh_from_db()
        assert adopted.code == "2"

    def test_a_clerk_of_the_province_answers_for_the_own_office(
        self, cast: Cast, client_of: Any
    ) -> None:
        """What holds for all offices is none of the province's own answers."""
        row = answer()
        adopting.adopt(answer=row, by=cast.province, code="2")
        adopted = WordMemory.objects.get(is_shared=True)
        for act in (
            lambda: adopting.change_answer(answer=adopted, by=cast.province, code="1"),
            lambda: adopting.forget_answer(answer=adopted, by=cast.province),
        ):
            with pytest.raises(RuleError, match="由省级审核员取消"):
                act()
        batch = ledgers.check(cast.province, "people", _people("甲级社工"))
        ledgers.answer(batch, by=cast.province, **{f"{LEVEL}甲级社工": "1"})
        adopted.refresh_from_db()
        assert adopted.code == "2"
        assert known_words("people", "52")[COLUMN] == "1"
        assert known_words("people", "520112")[COLUMN] == "2"
        clerk = User.objects.create_user(
            "clerk_52", "Cast-2026-pass", role="clerk", region_id="52", display_name="省录入员"
        )
        with pytest.raises(PermissionDenied):
            adopting.adopt(answer=row, by=clerk, code="1")
        with pytest.raises(PermissionDenied):
            adopting.take_back(answer=row, by=clerk)

    def test_what_is_asked_nowhere_any_more_is_taken_back(self, cast: Cast, client_of: Any) -> None:
        row = answer("52", "9", "旧词", kind="trainees", is_shared=True)
        client = client_of(cast.province)
        said = see(client, row)
        assert "取消全省采用" in said
        assert "全省的意思" not in said
        go(client, "take_back", row)
        assert not WordMemory.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_an_answer_is_on_record(self, cast: Cast, client_of: Any) -> None:
        batch = ledgers.check(cast.clerk_a, "people", _people("甲级社工"))
        ledgers.answer(batch, by=cast.clerk_a, **{f"{LEVEL}甲级社工": "2"})
        said = see(client_of(cast.clerk_a), WordMemory.objects.get())
        assert "· 南明录入员" in said

    def test_its_history_says_who(self, cast: Cast, client_of: Any) -> None:
        row, client = answer(by=cast.clerk_a), client_of(cast.province)
        go(client, "adopt", row, code="2")
        go(client, "adopt", row, code="1")
        said = see(client, row)
        assert "<strong>改全省采用</strong>" in said
        assert said.count("<strong>全省采用</strong>") == 1
        assert said.count("<strong>答复</strong>") == 1
        assert f"· {cast.province}" in said
        with pytest.raises(RuleError, match="请在可选的意思"):
            adopting.adopt(answer=row, by=cast.province, code="77")
