"""The table of the benchmark, as Markdown."""

from __future__ import annotations

import datetime
import os
from typing import Any

HEAD = "| figure | product | limit | peer | times |\n| --- | ---: | ---: | ---: | ---: |"


def _row(name: str, own: str, limit: str = "", peer: str = "", times: str = "") -> str:
    return f"| {name} | {own} | {limit} | {peer} | {times} |"


def _lists(found: dict[str, Any]) -> list[str]:
    lines = []
    for name, own in found.get("lists", {}).items():
        peer = found["peer_lists"][name]["median"]
        limit = max(80.0, peer / 10)
        lines.append(
            _row(
                f"list: {name}",
                f"{own['median']:.0f} ms (first {own['first']:.0f})",
                f"{limit:.0f} ms",
                f"{peer:.0f} ms",
                f"{peer / own['median']:.1f}",
            )
        )
    return lines


def _imports(found: dict[str, Any]) -> list[str]:
    rows = found["sizes"]["ledger"]
    peers = {
        name: found[f"peer_{name}"]["seconds"] * rows / found["sizes"]["peer_ledger"]
        for name in ("plain", "bulk")
        if f"peer_{name}" in found
    }
    lines = []
    for name, limit in (("empty", 20), ("million", 35)):
        own = found.get(f"import_{name}")
        if not own:
            continue
        base = "an empty base" if name == "empty" else f"{found['sizes']['people']:,} people"
        told = ", ".join(f"{k} {own[k]:,}" for k in ("new", "changed", "held", "refused"))
        lines.append(
            _row(
                f"import of {rows:,} rows into {base} ({told})",
                f"{own['seconds']:.1f} s (process {own['wall']:.1f} s)",
                f"{limit} s",
            )
        )
        lines.append(
            _row("… most memory of the process tree", f"{own['megabytes']:.0f} MB", "700 MB")
        )
        for peer, least in (("plain", 15), ("bulk", 3)):
            if peer in peers:
                lines.append(
                    _row(
                        f"… against stock {peer} (extrapolated from "
                        f"{found['sizes']['peer_ledger']:,} rows)",
                        f"{own['seconds']:.1f} s",
                        f"{least} times",
                        f"{peers[peer]:.0f} s",
                        f"{peers[peer] / own['seconds']:.1f}",
                    )
                )
    return lines


def _indicators(found: dict[str, Any]) -> list[str]:
    small, large = found.get("indicators_small"), found.get("indicators_large")
    lines = []
    if large:
        lines.append(
            _row(
                f"all indicators, all regions, {found['sizes']['people']:,} people"
                f" ({large['figures']:,} figures)",
                f"{large['seconds']:.2f} s",
                "5 s",
            )
        )
    if small and large:
        lines.append(
            _row(
                f"… at {found['sizes']['small']:,} people",
                f"{small['seconds']:.2f} s",
                "11 times",
                "",
                f"{large['seconds'] / small['seconds']:.1f}",
            )
        )
    return lines


def _pages(found: dict[str, Any]) -> list[str]:
    lines = [
        _row(f"dashboard, {name}", f"{own['median']:.0f} ms", "50 ms")
        for name, own in found.get("dashboard", {}).items()
    ]
    for path, own in found.get("weights", {}).items():
        lines.append(_row(f"HTML of {path}", f"{own['html'] / 1024:.0f} KB", "100 KB"))
        lines.append(
            _row(f"first visit of {path}, gzip", f"{own['first_visit'] / 1024:.0f} KB", "250 KB")
        )
    if "export" in found and "peer_export" in found:
        own, peer = found["export"], found["peer_export"]
        scaled = peer["seconds"] * own["rows"] / peer["rows"]
        tenth = found["export_tenth"]
        lines.append(
            _row(
                f"… most memory (with {tenth['rows']:,} rows {tenth['megabytes']:.0f} MB)",
                f"{own['megabytes']:.0f} MB",
                "flat",
            )
        )
        lines.append(
            _row(
                f"export of {own['rows']:,} people, {own['columns']} columns",
                f"{own['seconds']:.1f} s",
                "25 s",
                f"{scaled:.0f} s",
                f"{scaled / own['seconds']:.1f}",
            )
        )
    return lines


def _papers(found: dict[str, Any]) -> list[str]:
    lines = []
    if own := found.get("paper"):
        name = f"form of {own['columns']} columns filled with {own['rows']:,} people"
        lines.append(_row(name, f"{own['seconds']:.1f} s", "10 s"))
    if own := found.get("questions"):
        name = f"page of {own['questions']} questions on {found['sizes']['ledger']:,} rows"
        lines.append(_row(name, f"{own['median']:.0f} ms (first {own['first']:.0f})", "300 ms"))
    return lines


def table(found: dict[str, Any]) -> str:
    """Everything that was measured; parts that did not run are left out."""
    settings = ", ".join(f"{name} {value}" for name, value in found.get("server", {}).items())
    lines = [f"PostgreSQL: {settings}", "", HEAD]
    lines += _imports(found) + _lists(found) + _indicators(found) + _pages(found) + _papers(found)
    return "\n".join(lines)


def _profile(found: dict[str, Any]) -> list[str]:
    lines = ["| function | calls | own seconds |", "| --- | ---: | ---: |"]
    for row in found["profile"]:
        lines.append(f"| `{row['where']}` | {row['calls']:,} | {row['seconds']:.1f} |")
    return lines


def _phases(found: dict[str, Any]) -> list[str]:
    empty, million = found["phases"]["empty"], found["phases"]["million"]
    lines = ["| step, seconds | empty base | many people |", "| --- | ---: | ---: |"]
    return lines + [f"| {step} | {empty[step]:.1f} | {million[step]:.1f} |" for step in empty]


METHOD = """# Performance

Written by `make bench` on {day}, {cores} cores. `bench/` builds the data: {people:,} people over
the real townships, by COPY through the product's own tables with history triggers and
encryption on.

- *Server time* is that of a request through all middleware, without the network; the median
  of seven, and the first one, which finds no cached count.
- *The peer of lists* is a stock Django 5.2 admin over one table with the same people in clear
  text, 100 rows a page, the same order; median of three.
- *The peer of imports* is a stock django-import-export ModelResource over that table: its
  defaults, and use_bulk with skip_diff and batch_size 1000. Reading the .xlsx is included;
  measured with {peer_ledger:,} rows and extrapolated. It makes one pass and has none of the
  product's checks, encryption, preview, history or three tables a row.
- *Imports* are `manage.py import_ledger people FILE --commit`: the browser's own steps, file
  to committed; memory is the largest sum over the process tree.

{table}

## Where the time of an import goes

The import into an empty base and into {people:,} people, step by step. Two processes check the
rows; PostgreSQL writes alone, in one transaction.

{phases}

The same with everything in one process, by function. Profiling roughly doubles what Python
does; `execute` and `copy_expert` are PostgreSQL.

{profile}
"""


def document(found: dict[str, Any]) -> str:
    """docs/performance.md: how it was measured, the table, and where an import's time goes."""
    return METHOD.format(
        day=datetime.datetime.now(datetime.UTC).date(),
        cores=os.cpu_count(),
        table=table(found),
        phases="\n".join(_phases(found)),
        profile="\n".join(_profile(found)),
        **found["sizes"],
    )
