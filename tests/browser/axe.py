"""What axe finds on a page as it stands, the watermark included."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Moderate to axe; to who jumps from heading to heading a step is missing.
_ALSO = {"heading-order"}


def check_accessible(page: Page, name: str) -> None:
    found = Axe().run(page).response["violations"]
    amiss = [
        f"{v['id']}: {v['help']} {[n['html'][:160] for n in v['nodes'][:3]]}"
        for v in found
        if v["impact"] in {"serious", "critical"} or v["id"] in _ALSO
    ]
    assert not amiss, f"{name}\n" + "\n".join(amiss)
