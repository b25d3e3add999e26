"""No door reads past the scope (TRUST T03, T04): every read in the code of a page, a form, a
filter or the API goes through for_user, or its function says why not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
APPS = ("core", "stations", "talent", "projects", "reports")
# Rooms that people reach; actions, rules, ledgers and figures are reached through them.
_DOORS = re.compile(
    r"/(?:views|entity|forms|filters|finding|api|waiting|columns|listing|reach)\.py$"
    r"|/(?:views|pages|api|desk)/|/entities/forms/"
)
# What turns a manager or a reverse accessor into rows.
_READS = {
    "all", "filter", "get", "exclude", "values", "values_list", "order_by", "first", "last",
    "count", "exists", "in_region", "iterator", "aggregate", "select_related", "latest",
}  # fmt: skip
_MANAGERS = {"objects", "_base_manager", "_default_manager"}
# Reads inside these are bound to a row that is in scope already.
_BOUND = {"Exists", "OuterRef", "Subquery"}

# file:function -> why its unscoped read is right. A new one needs a reason here.
_OWN = "a worker's own record and what hangs on it"
_BESIDE = "what other rows of the same parent say, told as a rule and never as rows"
REASONS = {
    "core/desk/account_forms.py:AccountForm.clean_username": "user names are unique everywhere",
    "core/desk/accounts.py:account_detail": "events of one account that was looked up in reach",
    "core/desk/accounts.py:_own": "one's own account",
    "core/desk/login.py:LoginView.form_valid": "the account that has just logged in",
    "core/desk/login.py:PasswordChangeView.form_valid": "one's own account",
    "core/desk/status.py:system_status": "jobs without their content, for who may see the system",
    "core/entities/pages/act.py:perform": "the version of the record just locked in scope",
    "core/entities/pages/undo.py:UndoPage._find": "its record is then read in reach",
    "core/entities/pages/record.py:RelatedRows.with_told": "of a record in reach, as declared",
    "talent/people/finding.py:_holder_of": "keys of holders; the people are read in scope",
    "core/entities/pages/record.py:HistoryPage._entries": "dated rows of a record in reach",
    "core/ledgers/views.py:_page": "ids of a page of rows in scope",
    "core/ledgers/views.py:decide": "a row of a batch in scope",
    "core/papers/views.py:_page": "the fillings of a form in scope",
    "stations/months/entity.py:check_beside": _BESIDE,
    "stations/places/entity.py:StationPage._closing": "dated rows of a station in scope",
    "stations/places/forms.py:CoverageForm.__init__": "townships of a station in scope",
    "talent/corrections/api.py:ChangeRequestAPI.get_queryset": _OWN,
    "talent/credentials/entity.py:check_certificate": _BESIDE,
    "talent/credentials/entity.py:_check_twice": _BESIDE,
    "talent/credentials/entity.py:_certificates_beside": "of registrations on a page in scope",
    "talent/own/views.py:own_record": _OWN,
    "talent/own/views.py:_rows": _OWN,
    "talent/own/views.py:me_requests": _OWN,
    "talent/own/views.py:_own_ids": _OWN,
    "talent/own/views.py:me_reads": "who read the worker's own data",
    "talent/people/entity.py:PersonPage._left": "the state of a person in reach",
    "projects/fundings/entity.py:check": _BESIDE,
    "projects/milestones/entity.py:check": "the edited milestone as it stands",
    "reports/board/api.py:FigureAPI.get": "regions are public codes",
    "reports/board/api.py:SnapshotAPI.get_queryset": "the same for everybody",
    "reports/targets/entity.py:": "plans are the same for everybody",
    "reports/targets/views.py:target_list": "plans are the same for everybody",
}


def accessors() -> set[str]:
    """Names by which a record reaches rows that hang on it: person.posts, station.months."""
    found = set()
    for model in apps.get_models():
        if model._meta.app_label in APPS:
            found |= {str(r.get_accessor_name()) for r in model._meta.related_objects}
    return {name for name in found if not name.endswith("+")}


def _names(node: ast.AST) -> set[str]:
    return {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)} | {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name)
    }


def unscoped(tree: ast.AST, reverse: set[str]) -> Iterator[tuple[str, int, str]]:
    """(function, line, code) of every read that does not go through for_user."""

    def walk(node: ast.AST, function: str, is_bound: bool) -> Iterator[tuple[str, int, str]]:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            function = f"{function}.{node.name}".lstrip(".")
        if isinstance(node, ast.Call):
            called = node.func
            name = getattr(called, "attr", getattr(called, "id", ""))
            is_bound = is_bound or name in _BOUND
            if isinstance(called, ast.Attribute) and called.attr in _READS and not is_bound:
                source = called.value
                # getattr(record, accessor): which one is not seen, so it counts.
                is_rows = (
                    source.attr in _MANAGERS or source.attr in reverse
                    if isinstance(source, ast.Attribute)
                    else isinstance(source, ast.Call)
                    and getattr(source.func, "id", "") == "getattr"
                )
                if is_rows and not _BOUND & _names(node):
                    yield function, node.lineno, ast.unparse(node)[:80]
        for child in ast.iter_child_nodes(node):
            yield from walk(child, function, is_bound)

    yield from walk(tree, "", False)


def found() -> dict[str, list[str]]:
    reverse, result = accessors(), dict[str, list[str]]()
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "migrations" in name or not _DOORS.search("/" + name):
                continue
            for function, line, code in unscoped(ast.parse(path.read_text()), reverse):
                result.setdefault(f"{name}:{function}", []).append(f"{line}: {code}")
    return result


def test_no_door_reads_past_the_scope() -> None:
    strangers = {where: lines for where, lines in found().items() if where not in REASONS}
    assert not strangers, "\n".join(f"{w} {lines}" for w, lines in strangers.items())


def test_reasons_still_stand() -> None:
    assert set(REASONS) <= set(found()), "a reason whose function reads so no longer"


@pytest.mark.parametrize(
    ("code", "is_unscoped"),
    [
        ("Person.objects.filter(pk=1)", True),
        ("Person.objects.in_region('52').count()", True),
        ("record.posts.all()", True),
        ("getattr(record, accessor).all()", True),
        ("person.certificates.filter(ended_on=None)", True),
        ("self.model._base_manager.filter(pk=pk)", True),
        ("Person.objects.for_user(user).filter(pk=1)", False),
        ("Exists(Post.objects.filter(person=OuterRef('pk')))", False),
        ("Post.objects.filter(person=OuterRef('pk'))", False),
        ("row.values()", False),
        ("shown.all()", False),
    ],
)
def test_what_counts_as_reading_past_the_scope(code: str, is_unscoped: bool) -> None:
    assert bool(list(unscoped(ast.parse(code), accessors()))) is is_unscoped
