"""A form of another office for 贵阳市: growth and money by area, filled last year and today."""

import datetime
import io

import xlsxwriter

from core.entities.workbooks import WORKBOOK_OPTIONS
from core.models import User
from core.papers.actions import fill_kept, keep_form
from core.papers.models import Every
from core.regions.tree import divisions_on

TITLE = "社会工作人才和资金投入情况"
_HEADS = (
    "地区", "持证人数", "上年同期", "增长率", "年投入（万元）", "其中：财政资金（万元）",
    "上年投入（万元）", "比上年增减（万元）",
)  # fmt: skip


def build_papers(users: dict[str, User], today: datetime.date) -> None:
    """By the way that an office takes: kept, handed down, filled each year."""
    user = users["guiyang"]
    region = str(user.region_id)
    form = keep_form(
        user=user, name=f"{TITLE}.xlsx", data=_blank(region, today), asker="省委社会工作部",
        document="关于报送社会工作人才和资金情况的通知", every=Every.YEAR, is_shared=True,
    )  # fmt: skip
    for day in (datetime.date(today.year - 1, 12, 31), today):
        fill_kept(form=form, by=user, region=region, on=day)


def _blank(region: str, on: datetime.date) -> bytes:
    divisions = divisions_on(on)
    areas = [divisions.name(code) for code in divisions.children(region)]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {**WORKBOOK_OPTIONS, "in_memory": True}) as book:
        sheet, ruled = book.add_worksheet(), book.add_format({"border": 1, "text_wrap": True})
        sheet.merge_range(0, 0, 0, len(_HEADS) - 1, TITLE, book.add_format({"align": "center"}))
        sheet.write_row(1, 0, _HEADS, ruled)
        for row, area in enumerate(["合计", *areas], start=2):
            sheet.write_row(row, 0, [area, *[""] * (len(_HEADS) - 1)], ruled)
        sheet.set_column(0, len(_HEADS) - 1, 14)
    return file.getvalue()
