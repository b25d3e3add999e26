"""Rules on milestones (R18): pure functions on plain values."""

from __future__ import annotations

import datetime

from core.rules import Answers
from projects.codes import Stage


def check_paid_milestone(
    *, stage: str, old_stage: str, reached_on: datetime.date | None, paid_on: datetime.date | None
) -> None:
    """A milestone that was paid for keeps its stage and was reached before; `paid_on` is the
    first payment of its stage."""
    if paid_on is None:
        return
    answers, label = Answers(), Stage(old_stage).label
    if stage != old_stage:
        answers.refuse("R18", f"「{label}」已有付款，不能改为其他阶段。", field="stage")
    if reached_on is None or reached_on > paid_on:
        words = f"{paid_on} 已付「{label}」的款，实际日期不能去掉，也不能晚于这一天。"
        answers.refuse("R18", words, field="reached_on")
    answers.settle()
