"""What the commands of operations say on the console."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core.models import Job, Region, SecurityEvent, User
from tests.imports.ledgers import people, person

pytestmark = pytest.mark.django_db


def said(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def test_a_new_account_is_told_with_the_password_that_opens_it() -> None:
    text = said(
        "create_account", "diyige", "--name", "第一人", "--role", "clerk", "--region", "520102"
    )
    assert "已开设账号 diyige（录入员，南明区）" in text
    password = re.search(r"一次性密码：(\S+)", text).group(1)  # type: ignore[union-attr]
    assert User.objects.get().check_password(password)
    assert "24 小时" in text


def test_an_intact_log_is_told_with_its_end(cast: Any) -> None:
    last = SecurityEvent.record(kind="登录", actor=cast.clerk_a, target="clerk_a")
    assert f"末条 {last.pk}:" in said("verify_audit")


def test_a_ledger_is_told_in_words_row_by_row(cast: Any, tmp_path: Path) -> None:
    file = tmp_path / "人员.xlsx"
    file.write_bytes(people(person(), person(number="520102199003077730")))
    words = ("import_ledger", "people", str(file), "--user", "clerk_a")
    text = said(*words, "--commit")
    assert Job.objects.get().message in text
    assert "第 3 行 身份证号：" in text
    file.write_bytes(file.read_bytes()[:-400])
    with pytest.raises(CommandError, match="不完整或已损坏"):
        said(*words, "--commit")
    with pytest.raises(CommandError, match="找不到文件 没有"):
        said(*words[:2], str(tmp_path / "没有.xlsx"), *words[3:])


def test_divisions_are_brought_up_to_the_file() -> None:
    before = set(Region.objects.values_list("code", "name", "pinyin", "parent", "valid_to"))
    Region.objects.filter(code="520102").update(name="别的区", pinyin="", valid_to="2020-01-01")
    assert f"已载入 {len(before)} 个行政区划" in said("load_regions")
    after = set(Region.objects.values_list("code", "name", "pinyin", "parent", "valid_to"))
    assert after == before
