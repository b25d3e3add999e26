"""The demo form is understood as a whole, and says growth and money."""

from __future__ import annotations

import datetime

import pytest

from core.models import Filling, PaperForm
from core.papers.actions import changes_since
from core.papers.understanding import understand
from core.secrecy import files as media
from demo.papers import build_papers
from tests.conftest import TOWNSHIP_A, Cast
from tests.papers.test_growth import certified, funded

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 23)


def test_the_demo_form(cast: Cast) -> None:
    for day in ("2024-09-01", "2026-09-01"):
        certified(TOWNSHIP_A, day)
    for day, amount in (("2025-03-01", 200_000), ("2026-03-01", 300_000)):
        funded(TOWNSHIP_A, day, "4", amount)
    build_papers({"guiyang": cast.prefecture}, DAY)
    form = PaperForm.objects.get()
    assert form.is_shared
    data = media.load(form.file_path)
    asked = understand(data, user=cast.prefecture, region="5201", on=DAY)
    assert (asked.lists, asked.unknown) == ([], [])
    before, now = Filling.objects.order_by("day")
    said = [one["value"] for one in now.figures if one["says"].startswith("南明区")]
    assert said == [2, 1, "100.0%", 30, 30, 20, 10]
    Filling.objects.filter(pk=before.pk).update(made_at="2026-01-01T00:00:00Z")
    assert len(changes_since(now)) > len(said)
