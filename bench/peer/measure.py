"""Figures of the peer, printed as JSON: `python -m bench.peer.measure lists|import ...`."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peer.settings"

import django

django.setup()

import tablib
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from import_export.resources import ModelResource

from bench.clock import median_of
from bench.ledger import COLUMNS, DATES
from bench.peer.models import StockPerson

LIST = "/admin/peer/stockperson/"


class Stock(ModelResource):
    """The declaration of the documentation's first page."""

    class Meta:
        model = StockPerson
        import_id_fields = ("id_number",)
        fields = tuple(COLUMNS.values())


class StockBulk(ModelResource):
    """The same with the three options the documentation offers for speed."""

    class Meta:
        model = StockPerson
        import_id_fields = ("id_number",)
        fields = tuple(COLUMNS.values())
        use_bulk = True
        skip_diff = True
        batch_size = 1000


def setup() -> None:
    """Tables and an administrator; rows come by COPY from the product's own base."""
    call_command("migrate", verbosity=0, run_syncdb=True)
    User.objects.create_superuser("peer", password="peer")


def lists(probe: dict[str, str]) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    client = Client()
    client.force_login(User.objects.get(username="peer"))
    found: dict[str, Any] = {}
    for scope, extra in (("省", ""), ("县", f"&county__exact={probe['county']}")):
        count = StockPerson.objects.filter(**({"county": probe["county"]} if extra else {})).count()
        last = max(1, -(-count // 100))
        county = f"county__exact={probe['county']}"
        queries = {
            "第一页": "",
            "县+证书级别": f"{county}&certificate_level__exact={probe['level']}",
            "姓名": f"q={probe['name']}",
            "拼音首字母": f"q={probe['initials']}",
            "证件号": f"q={probe['id_number']}",
            "电话": f"q={probe['phone']}",
            "中间页": f"p={last // 2 or 1}",
            "末页": f"p={last}",
        }
        for name, query in queries.items():
            found[f"{scope} {name}"] = median_of(
                lambda query=query, extra=extra: client.get(f"{LIST}?{query}{extra}"), times=3
            )
    return found


def _read(path: Path) -> tablib.Dataset:
    with path.open("rb") as file:
        dataset = tablib.Dataset().load(file, format="xlsx")
    dataset.headers = [COLUMNS[header] for header in dataset.headers]
    return dataset


def import_ledger(path: Path, resource: type[ModelResource]) -> float:
    """Seconds from the file to committed rows, reading the .xlsx included."""
    # In a base that was kept they stand already, and would be updated instead of inserted.
    StockPerson.objects.filter(id_number__in=_read(path)["id_number"]).delete()
    began = time.monotonic()
    dataset = _read(path)
    for column in DATES:
        # tablib gives datetimes; the stock DateWidget reads dates.
        index = dataset.headers.index(column)
        values = [value.date() if value else None for value in dataset[column]]
        del dataset[column]
        dataset.insert_col(index, values, header=column)
    result = resource().import_data(dataset, dry_run=False, raise_errors=True)
    assert result.total_rows == len(dataset)
    return time.monotonic() - began


def main() -> None:
    what, *arguments = sys.argv[1:]
    if what == "setup":
        setup()
        answer: Any = {}
    elif what == "lists":
        answer = lists(json.loads(arguments[0]))
    elif what == "import":
        resource = StockBulk if arguments[1] == "bulk" else Stock
        answer = {"seconds": import_ledger(Path(arguments[0]), resource)}
    else:
        began = time.monotonic()
        rows = Stock().export(StockPerson.objects.all()[: int(arguments[0])])
        size = len(rows.export("xlsx"))
        answer = {"seconds": time.monotonic() - began, "rows": len(rows), "bytes": size}
    print(json.dumps(answer, ensure_ascii=False))


if __name__ == "__main__":
    main()
