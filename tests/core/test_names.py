"""Names and texts as they are written: full-width brackets and marks stay, and a name is found
and known again whichever way it was typed."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from core.database import rewrite_names
from core.entities.forms.actions import ReasonForm
from core.entities.made import form_of
from core.secrecy.identity import clean_name
from core.text import normalise, tidy, tidy_name
from projects.models import Project
from stations.entities import ORGANIZATIONS
from stations.models import Organization
from talent.models import Person, Post
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.imports.ledgers import outcomes, people, person, take, workbook
from tests.imports.test_projects import HEAD as PROJECT_HEAD
from tests.imports.test_projects import row as project_row
from tests.rows import make_organization, make_person, make_station

FULL, HALF = "甲街道社工站（第二期）", "甲街道社工站(第二期)"


@pytest.mark.parametrize(
    ("written", "kept", "name"),
    [
        (FULL, FULL, FULL),
        (HALF, HALF, FULL),
        ("服务：一期，二期；三期！", "服务：一期，二期；三期！", "服务：一期，二期；三期！"),
        ("服务:一期,二期", "服务:一期,二期", "服务：一期，二期"),
        ("每周三10:30,1,200人", "每周三10:30,1,200人", "每周三10:30,1,200人"),
        ("ＡＢＣ　１２３", "ABC 123", "ABC 123"),
        ("CEO (acting)", "CEO (acting)", "CEO (acting)"),
        ("阿依•古丽\u200b", "阿依·古丽", "阿依·古丽"),
        ("约３～５天…", "约3～5天…", "约3～5天…"),
        ("0~6岁儿童关爱...", "0~6岁儿童关爱...", "0～6岁儿童关爱…"),
        ("(A,B)站", "(A,B)站", "（A，B）站"),
        ("网址http://a.cn/x", "网址http://a.cn/x", "网址http://a.cn/x"),
    ],
)
def test_what_is_kept(written: str, kept: str, name: str) -> None:
    assert tidy(written) == kept
    assert tidy_name(written) == name


@given(st.text(alphabet="站（）()，,：: 1a甲！!？?；;…～~./", max_size=20))
def test_one_writing_of_a_name(text: str) -> None:
    """However it was typed, it is one text, which stays as it is."""
    assert tidy(tidy(text)) == tidy(text)
    assert tidy_name(tidy_name(text)) == tidy_name(text)
    assert tidy_name(tidy(text)) == tidy_name(text)
    # What was kept before, and the migrations know.
    assert tidy_name(normalise(text)) == tidy_name(text)
    assert normalise(tidy_name(text)) == normalise(text)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [FULL, HALF])
def test_the_name_of_a_form(typed: str, cast: Cast) -> None:
    data = {"name": typed, "kind": "4", "region": COUNTY_A}
    form = form_of(ORGANIZATIONS, is_new=True)(data, user=cast.clerk_a)
    assert form.is_valid(), form.errors
    assert form.save(commit=False).name == FULL


@pytest.mark.django_db
def test_a_reason_keeps_its_marks(cast: Cast) -> None:
    said = "误录，本人不在本辖区（见2024年函）：已核对！"
    form = ReasonForm({"reason": said}, user=cast.clerk_a)
    assert form.is_valid()
    assert form.cleaned_data["reason"] == said
    with_number = ReasonForm({"reason": f"误录，证号52010219900307771X，{said}"}, user=cast.clerk_a)
    assert with_number.is_valid()
    assert with_number.cleaned_data["reason"].endswith(said)
    assert "，" in with_number.cleaned_data["reason"][:6]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [FULL, HALF, "（第二期", "(第二期", "站（第"])
def test_it_is_found_either_way(typed: str, cast: Cast, client_of: Any) -> None:
    station = make_station(TOWNSHIP_A, FULL)
    make_station(TOWNSHIP_A, "乙街道社工站")
    client = client_of(cast.clerk_a)
    for path in ("/stations/", "/search/"):
        page = client.post(path, {"q": typed}, follow=True).text
        assert FULL in page, path
        assert "乙街道社工站" not in page, path
    found = client.get("/stations/lookup/", {"q": typed}).text
    assert str(station.pk) in found


@pytest.mark.django_db
@pytest.mark.parametrize("first", [FULL, HALF])
@pytest.mark.parametrize("second", [FULL, HALF])
def test_ledgers_know_it_again(first: str, second: str, cast: Cast) -> None:
    """One employer and one project, whichever way an office writes them."""
    number = person()[1]
    row = person("张三", number, 工作单位=first, 备注="骨干，返聘")
    assert outcomes(take(cast.clerk_a, "people", people(row))) == {"new": 1}
    row = person("张三", number, 工作单位=second, 备注="骨干,返聘")
    assert outcomes(take(cast.clerk_a, "people", people(row))) == {"unchanged": 1}
    assert Post.objects.get().employer_name == FULL
    assert Person.objects.get().remark == "骨干，返聘"
    for name, outcome in ((first, "new"), (second, "unchanged")):
        ledger = workbook([PROJECT_HEAD, project_row(f"关爱项目{name[-5:]}")])
        assert outcomes(take(cast.clerk_a, "projects", ledger)) == {outcome: 1}
    assert Project.objects.get().name == "关爱项目（第二期）"


@pytest.mark.django_db
def test_names_kept_before_get_the_one_writing(cast: Cast) -> None:
    old, plain = make_organization(COUNTY_A, HALF), make_organization(COUNTY_A, "ABC (1)")
    rewrite_names(apps, None, model="stations.Organization", columns=("name",))
    names = dict(Organization.objects.values_list("pk", "name"))
    assert names == {old.pk: FULL, plain.pk: "ABC (1)"}


@pytest.mark.django_db
def test_an_address_of_the_own_record(cast: Cast, client_of: Any) -> None:
    own = make_person(TOWNSHIP_A, phone="13885100001")
    Person.objects.filter(pk=own.pk).update(user=cast.worker_a)
    sent = {"address": "遵义路１号（3楼），甲单元", "phone": "13885100001"}
    client_of(cast.worker_a).post("/me/contact/", sent)
    own.refresh_from_db()
    assert own.address == "遵义路1号（3楼），甲单元"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        # As GBK-era systems keep them, in the private-use area.
        ("\ue863某", "䶮某"),
        ("张\ue81e", "张\u9fb4"),
        ("张\ue816", "张\U00020087"),
        ("\u845b\ufe00某", "葛某"),
        ("\u845b\U000e0101某", "葛某"),
        ("阿依古丽.买买提", "阿依古丽·买买提"),
        ("阿依古丽･买买提", "阿依古丽·买买提"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
    ],
)
def test_a_name_in_other_characters_is_the_same_name(written: str, name: str) -> None:
    assert clean_name(written) == name


def test_every_private_character_of_the_era_has_a_standard_one() -> None:
    for code in range(0xE815, 0xE865):
        text = normalise(chr(code))
        assert len(text) == 1
        assert not 0xE000 <= ord(text) <= 0xF8FF
