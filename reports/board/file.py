"""The board as a table for Excel: what is seen, each figure with its day and versions (R25)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.entities.workbooks import ExportColumn
from core.figures.indicator import Indicator
from core.figures.verdict import NO_DATA, share
from reports.board import words
from reports.board.board import Board
from reports.board.tiles import Area, Point, Tile
from reports.definitions import stamps
from reports.targets.goals import Goal
from reports.targets.models import Target

Row = dict[str, Any]

COLUMNS = [
    ExportColumn(label, lambda row, name=name: row.get(name), width, is_text)
    for label, name, width, is_text in (
        ("部分", "part", 10, False), ("名次", "rank", 6, False), ("地区", "region", 20, False),
        ("区划代码", "region_code", 12, True), ("指标代码", "code", 14, True),
        ("指标", "name", 26, False), ("数值", "value", 12, False), ("单位", "unit", 6, False),
        ("分母", "denominator", 10, False), ("比率", "rate", 9, False),
        ("目标", "goal", 12, False), ("目标年度", "year", 9, True), ("目标性质", "kind", 10, False),
        ("目标文号", "document", 24, False), ("差距", "gap", 20, False),
        ("完成", "done", 9, False), ("进度", "verdict", 28, False),
        ("核对", "check", 36, False),
        ("结算", "settlement", 12, False), ("结算结论", "settled", 10, False),
        ("决算后更正", "correction", 12, False), ("截至", "on", 12, False),
        ("口径版本", "version", 16, True), ("区划版本", "divisions", 12, True),
    )
]  # fmt: skip


def title_of(board: Board, part: str = "") -> str:
    """The name of the file: what it is of, where, as of when. Of parts no two have the same."""
    what = {"areas": "分县" if board.by_county else "分地区", "trend": "趋势"}.get(part, "看板")
    return f"{board.name} {board.indicator.name} {what} {board.day:%Y-%m-%d}"


def rows_of(board: Board, part: str = "") -> Iterator[Row]:
    """All that is seen, or one of PARTS of it."""
    for name, rows in PARTS.items():
        if part in ("", name):
            yield from rows(board)


def _tiles(board: Board) -> Iterator[Row]:
    for tile in board.tiles():
        yield _tile(board, tile)
        for line in tile.lines:
            rate = {"rate": share(line.value, line.whole)}
            yield _figure(board, line.indicator, board.region, line.value) | rate


def _figure(board: Board, indicator: Indicator, region: str, value: int | None) -> Row:
    return {
        "part": "指标", "region": board.divisions.name(region), "region_code": region,
        "code": indicator.code, "name": indicator.name, "unit": indicator.unit,
        "value": NO_DATA if value is None else value,
        "on": board.day, "version": stamps.version(indicator, board.reading.version(indicator)),
        "divisions": board.reading.divisions_version,
    }  # fmt: skip


def _goal(indicator: Indicator, value: int | None, goal: Goal | None) -> Row:
    if goal is None:
        return {}
    return {
        "goal": goal.value, "year": goal.year, "kind": Target.Kind(goal.kind).label,
        "document": f"{goal.document}{goal.clause}", "gap": words.gap(indicator, value, goal),
        "done": share(value, goal.value),
    }  # fmt: skip


def _tile(board: Board, tile: Tile) -> Row:
    indicator = tile.indicator
    return _figure(board, indicator, board.region, tile.value) | {
        "denominator": tile.denominator, "rate": share(tile.value, tile.denominator),
        "verdict": "" if tile.is_settled else tile.verdict.text,
        "check": tile.check.text,
        "settlement": NO_DATA if tile.settlement_verdict and tile.settlement is None
        else tile.settlement,
        "settled": tile.settlement_verdict.text if tile.settlement_verdict else "",
        "correction": tile.correction.net if tile.correction else None,
    } | _goal(indicator, tile.value, tile.goal)  # fmt: skip


def _areas(board: Board) -> Iterator[Row]:
    indicator, areas = board.indicator, board.areas()
    for area in areas:
        yield _area(board, area)
    if check := board.reconciliation(areas):
        sums = {check["own_name"]: check["own"]}
        if check["is_province"]:
            sums["未定位"] = check["unlocated"]
        sums["合计"] = check["total"]
        for name, value in sums.items():
            row = _figure(board, indicator, board.region, value)
            denominator = check["denominator"]
            whole = {"denominator": denominator, "rate": share(value, denominator)}
            yield row | {
                "part": "分地区", "region": f"{board.name}{name}",
                **(whole if name == "合计" else {}),
            }  # fmt: skip


def _area(board: Board, area: Area) -> Row:
    return _figure(board, board.indicator, area.code, area.value) | {
        "part": "分地区", "rank": area.rank or None, "denominator": area.denominator,
        "rate": share(area.value, area.denominator),
    } | _goal(board.indicator, area.value, area.goal)  # fmt: skip


def _trend(board: Board) -> Iterator[Row]:
    for point in board.trend():
        yield _point(board, point)


def _point(board: Board, point: Point) -> Row:
    return _figure(board, board.indicator, board.region, point.value) | {
        "part": "趋势", "on": point.on, "denominator": point.denominator,
        "rate": share(point.value, point.denominator),
        "divisions": point.divisions_version,
        "version": stamps.version(board.indicator, point.version),
    }  # fmt: skip


PARTS = {"tiles": _tiles, "areas": _areas, "trend": _trend}
