"""Figures of the product, printed as JSON: `python -m bench.product build|lists|...`."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import os
import re
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.models import Count
from django.test import Client

from bench import data
from bench.clock import median_of
from core.models import User
from talent.models import Certificate, Person

_PAPER = (
    "序号 姓名 性别 身份证号码 民族 政治面貌 出生日期 年龄 学历 毕业院校 所学专业 联系电话 "
    "所在乡镇（街道） 工作单位 岗位 用工形式 入职时间 职业资格等级 证书管理号 取得时间"
).split()


def client_of(username: str) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(
        User.objects.get(username=username), backend="core.accounts.backend.RegistryBackend"
    )
    return client


def build(first: str, last: str) -> dict[str, Any]:
    """Tables, divisions, plan and places when missing, then people first..last-1."""
    if first == "0":
        call_command("migrate", verbosity=0)
        call_command("load_regions", verbosity=0, stdout=sys.stderr)
        if "load_plan" in get_commands():
            call_command("load_plan", verbosity=0, stdout=sys.stderr)
        data.build_places()
    seconds = data.build_people(int(first), int(last))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = cursor.fetchone()[0]
    return {"seconds": seconds, "people": Person.objects.count(), "bytes": size}


def probe() -> dict[str, str]:
    """What the searches look for: a person of the middle, a county, a usual name."""
    n = Person.objects.count() // 2
    person = Person.objects.get(number=f"{n:012d}")
    return {
        "county": person.county,
        "level": "2",
        "name": person.name,
        "initials": person.initials,
        "id_number": data.identity(n)[0],
        "phone": data.phone(n),
    }


def lists() -> dict[str, Any]:
    """Every kind of list page in the province's and a county's scope."""
    seen = probe()
    county = User.objects.get(username="nanming")
    User.objects.filter(pk=county.pk).update(region_id=seen["county"])
    found: dict[str, Any] = {}
    for scope, username, rows in (
        ("省", "sheng", Person.objects.all()),
        ("县", "nanming", Person.objects.filter(county=seen["county"])),
    ):
        client = client_of(username)
        last = -(-rows.count() // 30)
        get, post = partial(client.get, "/people/"), partial(client.post, "/people/")
        pages: dict[str, Callable[[], Any]] = {
            "第一页": get,
            "县+证书级别": partial(get, {"region": seen["county"], "level": seen["level"]}),
            "姓名": partial(get, {"q": seen["name"]}),
            "拼音首字母": partial(get, {"q": seen["initials"]}),
            "证件号": partial(post, {"q": seen["id_number"]}),
            "电话": partial(post, {"q": seen["phone"]}),
            "中间页": partial(get, {"page": last // 2 or 1}),
            "末页": partial(get, {"page": last}),
        }
        for name, page in pages.items():
            found[f"{scope} {name}"] = median_of(page)
    return {"probe": seen, "pages": found}


def peer_rows() -> dict[str, Any]:
    """The same people as one clear-text table, on standard output as COPY lines."""
    from bench.ledger import EDUCATION

    certificates = dict(Certificate.objects.values_list("person_id", "level"))
    names = dict(data.townships())
    people = Person.objects.values_list(
        "id", "number", "name", "pinyin", "sex", "county", "region_id"
    )
    for key, number, name, pinyin, sex, county, region in people.iterator(chunk_size=20_000):
        n = int(number)
        id_number, birth, _ = data.identity(n)
        township = names[region]
        values = (
            name, pinyin, sex, id_number, "汉族", "群众", EDUCATION["21"], "社会工作",
            data.phone(n), county, township, f"{township}中心社区居民委员会", "社工",
            "机构合同制", str(birth.replace(year=birth.year + 25, day=1)),
            certificates.get(key, ""), "", r"\N", "贵州大学", "实务人才", "",
        )  # fmt: skip
        sys.stdout.write("\t".join(values) + "\n")
    raise SystemExit(0)


def indicators(day: str) -> dict[str, Any]:
    """All indicators of all regions as of a day; the better of two runs counts."""
    from reports.definitions.registry import all_figures

    seconds = []
    for _ in range(2):
        began = time.monotonic()
        figures = all_figures(datetime.date.fromisoformat(day))
        seconds.append(time.monotonic() - began)
    count = sum(len(regions) for regions in figures.totals.values())
    return {"seconds": min(seconds), "first": seconds[0], "figures": count}


def export(rows: str) -> dict[str, Any]:
    """The people's list to Excel, by the page's own button; at most `rows` of them."""
    from python_calamine import CalamineWorkbook

    client = client_of("sheng")
    # What a worker does, measured as the page does it for fewer rows.
    settings.EXPORT_JOB_ROWS = int(rows) * 100
    post = {"filter": "", "reason": "性能测试"}
    if int(rows) < Person.objects.count():
        prefectures = Person.objects.values_list("prefecture").annotate(n=Count("id"))
        region, _ = min(prefectures, key=lambda row: abs(row[1] - int(rows)))
        post["filter"] = f"region={region}"
    began = time.monotonic()
    response = client.post("/people/export/", post)
    content = b"".join(response) if response.streaming else response.content
    seconds = time.monotonic() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    assert response.status_code == 200, response.status_code
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    table = max(sheet.to_python()[:8], key=lambda row: sum(map(bool, row)))
    return {
        "seconds": seconds, "rows": sheet.total_height, "columns": len(table),
        "bytes": len(content), "megabytes": most,
    }  # fmt: skip


def paper(rows: str) -> dict[str, Any]:
    """A form of another office with twenty columns, filled with `rows` people of the list."""
    import openpyxl

    from core.papers.making import Chosen, fill_form
    from talent.people.entity import PEOPLE

    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(list(_PAPER))
    book.save(file)
    user = User.objects.get(username="sheng")
    chosen = Chosen(PEOPLE, Person.objects.for_user(user).order_by("pk")[: int(rows)], "全部")
    began = time.monotonic()
    made = fill_form(
        user=user, name="表.xlsx", data=file.getvalue(), region="52", on=data.DAY, chosen=chosen
    )
    seconds = time.monotonic() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return {
        "seconds": seconds, "rows": made.rows, "columns": len(_PAPER),
        "bytes": len(made.data), "megabytes": most, "unknown": made.report["unknown"],
    }  # fmt: skip


def questions(path: str, rows: str, words: str) -> dict[str, Any]:
    """The page that asks about the unknown words of a ledger."""
    from bench.ledger import write
    from core.jobs import running as jobs
    from core.ledgers import starting

    write(Path(path), 0, int(rows), words=int(words))
    user = User.objects.get(username="sheng")
    batch = starting.start_import(
        user=user, kind="people", name="a.xlsx", data=Path(path).read_bytes(), inline=True
    )
    jobs.run(batch.job_id)
    batch.refresh_from_db()
    page = median_of(partial(client_of("sheng").get, f"/imports/{batch.pk}/"))
    return {**page, "questions": len(batch.open_questions), "rows": sum(batch.counts.values())}


def dashboard() -> dict[str, Any]:
    """The board of the province and of a county, read from snapshots taken before."""
    from reports.snapshots import actions

    actions.take_all()
    found = {}
    for scope, username in (("省", "sheng"), ("县", "nanming")):
        client = client_of(username)
        found[scope] = median_of(partial(client.get, "/dashboard/"))
    return found


def ledger(path: str, first: str, rows: str) -> dict[str, Any]:
    """The workbook of the import, from the same generator as the base."""
    from bench.ledger import write

    write(Path(path), int(first), int(rows))
    return {}


def phases(path: str) -> dict[str, float]:
    """Seconds of each step of an import, in the order they happen, by the clock."""
    from core.jobs import running as jobs
    from core.ledgers import actions, applying, running, starting

    found: dict[str, float] = {}

    def clocked(module: Any, name: str, label: Callable[..., str]) -> None:
        function = getattr(module, name)

        def measured(*args: Any, **options: Any) -> Any:
            began = time.monotonic()
            try:
                return function(*args, **options)
            finally:
                found[label(*args)] = round(time.monotonic() - began, 2)

        setattr(module, name, measured)

    clocked(running, "stage", lambda *_: "read, check and stage")
    clocked(running, "compare", lambda *_: "compare for the preview")
    clocked(applying, "compare", lambda *_: "compare again before writing")
    clocked(applying, "_insert", lambda model, _: f"insert {model._meta.db_table}, with history")
    clocked(running, "apply", lambda *_: "all of the transaction that writes")
    user = User.objects.get(username="sheng")
    batch = starting.start_import(
        user=user, kind="people", name="a.xlsx", data=Path(path).read_bytes(), again=True,
        inline=True,
    )  # fmt: skip
    jobs.run(batch.job_id)
    actions.confirm(batch=batch, by=user, reason="性能测试", inline=True)
    jobs.run(batch.job_id)
    return found


def weights() -> dict[str, Any]:
    """Bytes of a page, and of a first visit over the wire without the chart library."""
    client = client_of("sheng")
    found: dict[str, Any] = {}
    for path in ("/", "/people/", "/dashboard/"):
        response = client.get(path)
        assets = set(re.findall(rb'(?:href|src)="(/static/[^"#?]+)', response.content))
        wire = len(gzip.compress(response.content))
        for asset in assets:
            name = asset.decode().removeprefix("/static/")
            if "echarts" not in name:
                content = (Path(settings.STATIC_ROOT) / name).read_bytes()
                packed = not name.endswith((".woff2", ".png", ".jpg"))
                wire += len(gzip.compress(content)) if packed else len(content)
        found[path] = {"html": len(response.content), "first_visit": wire}
    return found


def server() -> dict[str, str]:
    names = (
        "server_version", "shared_buffers", "work_mem", "maintenance_work_mem", "fsync",
        "synchronous_commit", "full_page_writes", "max_wal_size", "jit", "random_page_cost",
    )  # fmt: skip
    found = {}
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"SHOW {name}")
            found[name] = cursor.fetchone()[0]
    return found


COMMANDS: dict[str, Callable[..., Any]] = {
    "build": build,
    "lists": lists,
    "peer-rows": peer_rows,
    "indicators": indicators,
    "dashboard": dashboard,
    "export": export,
    "paper": paper,
    "ledger": ledger,
    "phases": phases,
    "questions": questions,
    "weights": weights,
    "server": server,
}

if __name__ == "__main__":
    print(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:]), ensure_ascii=False))
