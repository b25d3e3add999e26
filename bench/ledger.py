"""The .xlsx of the import: 20 columns as counties write them, people n to n+rows."""

from __future__ import annotations

import datetime
import random
from pathlib import Path
from typing import Any

from bench import data

EDUCATION = {"14": "硕士研究生", "21": "本科", "31": "大专", "61": "高中", "41": "中专"}
# Header of the ledger -> column of the stock peer's table.
COLUMNS = {
    "姓名": "name",
    "性别": "sex",
    "身份证号码": "id_number",
    "民族": "ethnicity",
    "政治面貌": "political_status",
    "学历": "education",
    "所学专业": "major",
    "毕业院校": "school",
    "联系电话": "phone",
    "县（市、区）": "county",
    "所在乡镇（街道）": "township",
    "工作单位": "employer",
    "岗位": "post",
    "用工形式": "employment",
    "入职时间": "started_on",
    "职业资格等级": "certificate_level",
    "证书管理号": "certificate_number",
    "取得时间": "approved_on",
    "人才类别": "category",
    "备注": "remark",
}
_ASKED = [list(COLUMNS).index(name) for name in ("政治面貌", "岗位", "用工形式", "人才类别")]
DATES = frozenset({"started_on", "approved_on"})


def rows(first: int, count: int) -> list[list[Any]]:
    """Plausible, valid rows of people whom the base does not hold."""
    made = []
    for n in range(first, first + count):
        rng = random.Random(data.SEED + n)
        number, birth, sex = data.identity(n)
        name, _, _ = data.names()[rng.randrange(data.NAMES)]
        code, township = data.townships()[int(len(data.townships()) * rng.random())]
        level = rng.choice(data.LEVELS)
        certified = rng.random() < 0.3
        made.append(
            [
                name,
                "男" if sex == "1" else "女",
                number,
                "汉族",
                rng.choice(("群众", "中共党员", "共青团员")),
                EDUCATION[level],
                rng.choice(data.MAJORS),
                rng.choice(("贵州大学", "贵州民族大学", "铜仁学院")),
                data.phone(n),
                code[:6],
                code,
                f"{township}中心社区居民委员会",
                rng.choice(("社工", "站长", "督导")),
                rng.choice(("机构合同制", "公益性岗位", "社区工作者")),
                max(
                    datetime.date(rng.randint(2015, 2025), rng.randint(1, 12), 1),
                    birth.replace(year=birth.year + 20, day=1),
                ),
                "助理社会工作师" if certified else "",
                f"L{n:017d}" if certified else "",
                datetime.date(max(rng.randint(2018, 2025), birth.year + 19), 6, 12)
                if certified
                else None,
                "实务人才",
                "",
            ]
        )
    return made


def write(path: Path, first: int, count: int, *, words: int = 0) -> None:
    """With `words`, four columns say so many things that nobody has heard of."""
    import xlsxwriter

    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    )
    sheet = book.add_worksheet("人员")
    sheet.write_row(0, 0, list(COLUMNS))
    for index, row in enumerate(rows(first, count), start=1):
        for column in _ASKED if words else ():
            row[column] = f"第{index % (words // len(_ASKED))}种说法"
        for column, value in enumerate(row):
            if isinstance(value, datetime.date):
                sheet.write_datetime(
                    index, column, datetime.datetime.combine(value, datetime.time())
                )
            elif value:
                sheet.write_string(index, column, str(value))
    book.close()
