"""make pictures: the pictures of README and 操作手册, taken of a running make run (PORT=8000).

Each is named by its file; a page that has moved, or an account that is not there, stops it.
"""

from __future__ import annotations

import datetime
import io
import os
import random
import re
import shutil
import sys
from dataclasses import dataclass
from typing import Any

from scripts import localenv, venv

FOLDER = venv.ROOT / "docs" / "images"
WIDE, NARROW = (1440, 900), (390, 844)
COLOURS = 128
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """`path` as `account` sees it. `upload`: whether a ledger of invented people is sent
    from there."""

    name: str
    account: str
    path: str
    size: tuple[int, int] = WIDE
    upload: bool = False


PICTURES = (
    Picture("dashboard", "sheng", "/dashboard/"),
    Picture("people", "nanming", "/people/"),
    Picture("me-phone", "shegong", "/me/", NARROW),
    Picture("import-preview", "nanming", "/imports/new/", upload=True),
    Picture("clerk-home", "nanming", "/"),
    Picture("clerk-new-person", "nanming", "/people/new/"),
    Picture("reviewer-home", "nanming2", "/"),
    Picture("reviewer-corrections", "nanming2", "/changes/"),
    Picture("official-report", "lingdao", "/reports/progress/"),
    Picture("worker-targets-phone", "shegong", "/me/targets/", NARROW),
    Picture("system-status", "xitong", "/security/status/"),
)


def _save(data: bytes, name: str) -> None:
    """With few colours: a picture of a page is as good at a third of the size."""
    from PIL import Image

    picture = Image.open(io.BytesIO(data)).convert("RGB").quantize(COLOURS)
    picture.save(FOLDER / f"{name}.png", optimize=True)


def _log_in(page: Any, account: str, password: str) -> None:
    page.goto("/login/")
    page.get_by_label("用户名").fill(account)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login/" not in url)


def _ledger() -> bytes:
    """As an office writes it; some rows have something to ask or to refuse. Others each time,
    because the same file is not taken twice."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import openpyxl

    from demo.names import person_name, resident_id

    rng = random.Random()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["南明区社会工作人才信息汇总表"])
    sheet.append(
        ["姓名", "身份证号", "联系电话", "乡镇（街道）", "工作单位", "岗位", "入职日期", "学历"]
    )
    for number in range(24):
        birth = datetime.date(rng.randint(1970, 2000), rng.randint(1, 12), rng.randint(1, 28))
        identity = resident_id(rng, birth, rng.choice("12"))
        if number in (5, 17):
            identity = identity[:-1] + ("1" if identity[-1] != "1" else "2")
        sheet.append([
            person_name(rng), identity, f"1388510{number:04d}", "新华路街道",
            "新华路街道社工站", rng.choice(("站长", "一线社工", "督导")),
            "" if number == 9 else "2024年3月", rng.choice(("本科", "大专", "硕士研究生")),
        ])  # fmt: skip
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _upload(page: Any) -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    file = {"name": "南明区社会工作人才信息汇总表.xlsx", "mimeType": kind, "buffer": _ledger()}
    page.set_input_files("input[type=file]", files=[file])
    page.get_by_role("button", name="上传并核对").click()
    page.get_by_role("button", name=re.compile("写入")).wait_for(timeout=60_000)


def take(browser: Any, picture: Picture, *, address: str, password: str) -> None:
    width, height = picture.size
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": height}, locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )  # fmt: skip
    page = context.new_page()
    _log_in(page, picture.account, password)
    answer = page.goto(picture.path)
    if answer is None or not answer.ok:
        venv.stop(f"{picture.path}：{picture.account} 打不开，截图没有更新。")
    if picture.upload:
        _upload(page)
    page.wait_for_load_state("networkidle")
    _save(page.screenshot(animations="disabled"), picture.name)
    print(f"{picture.name}.png", flush=True)
    context.close()


def main() -> int:
    venv.enter("scripts.pictures", dev=True)
    from playwright.sync_api import sync_playwright

    address = f"http://localhost:{os.environ.get('PORT') or '8000'}"
    password = localenv.read()["DEMO_PASSWORD"]
    wanted = set(sys.argv[1:])
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        for picture in PICTURES:
            if not wanted or picture.name in wanted:
                take(browser, picture, address=address, password=password)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
