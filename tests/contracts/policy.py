"""Who may open which address. An address that is not declared here fails the build.

The pages of an entity (<model>_list, <model>_detail …) follow from its declaration and need
no line; every other address has one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from core.accounts.roles import Role
from core.dates import today
from core.entities.entity import ENTITIES
from core.entities.steps import recorded
from core.models import Attachment, ImportBatch, Job, PaperForm, Step, User, WordMemory
from core.secrecy import files as media
from tests.rows import make_row

Make = Callable[[str], Any]

ANYONE, SIGNED_IN = "anyone", "signed in"
_VERB_OF_PAGE = {
    "list": "view", "lookup": "view", "detail": "view", "history": "view", "create": "add",
    "edit": "change", "export": "export", "act": "view",
}  # fmt: skip


@dataclass(frozen=True)
class Policy:
    """`needs`: a permission, SIGNED_IN or ANYONE. `make(county)`: the record of the address."""

    needs: str
    make: Make | None = None
    kwargs: dict[str, Any] = field(default_factory=dict)
    # Methods the address answers; a sweep sends the first one.
    methods: tuple[str, ...] = ("GET",)
    key: str = "pk"
    # Shows the reader her own numbers in full, on demand and on record.
    shows_own_numbers: bool = False
    # Outlines of regions, the same for everybody: the browser may keep them.
    is_kept: bool = False


def _user(county: str) -> User:
    return User.objects.create_user(
        f"u{uuid.uuid4().hex[:10]}", "Cast-2026-pass", role=Role.CLERK, region_id=county,
        display_name="待管理",
    )  # fmt: skip


def _paper(region: str) -> PaperForm:
    return PaperForm.objects.create(
        region_id=region, by=_user(region), name="表.xlsx", file_path="", sha256=""
    )


def _batch(county: str, **given: Any) -> ImportBatch:
    by = _user(county)
    status = given.pop("status", Job.Status.WAITING)
    job = Job.objects.create(kind="import", by=by, region_id=county, status=status)
    return ImportBatch.objects.create(
        job=job, kind="people", region_id=county, by=by, file_name="台账.xlsx",
        sha256=uuid.uuid4().hex * 2, **given,
    )  # fmt: skip


def _word(county: str) -> WordMemory:
    return WordMemory.objects.create(
        region_id=county, kind="people", attribute="certificate_level", word=uuid.uuid4().hex[:8],
        code="2", by=_user(county),
    )  # fmt: skip


def _comparison(county: str) -> ImportBatch:
    return _batch(county, status=Job.Status.DONE, compared_region_id=county, is_repeat=True)


def _attachment(county: str) -> Attachment:
    station = make_row("station", county)
    return Attachment.objects.create(
        owner_label="stations.station", owner_id=station.pk, purpose="批复文件", name="批复.pdf",
        kind="pdf", size=5, sha256=uuid.uuid4().hex * 2, by=_user(county),
        file_path=media.store(b"%PDF-", folder="attachments"),
    )  # fmt: skip


def _step(county: str) -> Step:
    post, by = make_row("post", county), _user(county)
    with transaction.atomic(), recorded(post, code="end", label="离岗", by=by, reason="试") as step:
        type(post).objects.filter(pk=post.pk).update(ended_on=today(), end_reason="试")
    return step


def _entity(name: str) -> Make:
    return lambda county: make_row(name, county)


POST = ("POST",)
BOTH = ("GET", "POST")
_MANAGE, _BOARD, _IMPORT = "core.manage_accounts", "reports.view_dashboard", "core.import_ledger"
_OWN = "talent.view_own_record"
_region = {"region": "520102"}

POLICIES: dict[str, Policy] = {
    # Anyone
    "healthz": Policy(ANYONE),
    "readyz": Policy(ANYONE),
    "login": Policy(ANYONE, methods=BOTH),
    "activate": Policy(ANYONE, methods=BOTH),
    "notice": Policy(ANYONE),
    "notice_read": Policy(SIGNED_IN, methods=POST),
    # Whoever is signed in
    "logout": Policy(SIGNED_IN, methods=POST),
    "password_change": Policy(SIGNED_IN, methods=BOTH),
    "home": Policy(SIGNED_IN),
    "help": Policy(SIGNED_IN),
    "search": Policy(SIGNED_IN, methods=BOTH),
    "drafts": Policy(SIGNED_IN, methods=BOTH),
    "export_wait": Policy("core.export", kwargs={"pk": uuid.UUID(int=1)}),
    "export_file": Policy("core.export", kwargs={"pk": uuid.UUID(int=1)}, methods=POST),
    "export_cancel": Policy("core.export", kwargs={"pk": uuid.UUID(int=1)}, methods=POST),
    "step_undo": Policy("talent.end_post", make=_step, methods=BOTH),
    "saved_view_save": Policy("stations.view_station", kwargs={"entity": "station"}, methods=POST),
    "saved_view_change": Policy(
        SIGNED_IN, kwargs={"pk": uuid.UUID(int=1), "verb": "delete"}, methods=POST
    ),
    "notice_bulk": Policy("core.view_notice", kwargs={"verb": "done"}, methods=POST),
    "notice_mark": Policy(SIGNED_IN, kwargs={"pk": uuid.UUID(int=1), "verb": "done"}, methods=POST),
    "region_switch": Policy(SIGNED_IN, methods=BOTH),
    "region_move": Policy("core.move_region", methods=BOTH),
    "region_cascade": Policy(SIGNED_IN),
    "region_suggest": Policy(SIGNED_IN),
    "place_suggest": Policy(SIGNED_IN),
    "account_own": Policy(SIGNED_IN),
    "account_session": Policy(ANYONE),
    "token_create": Policy(_BOARD, methods=POST),
    "token_revoke": Policy(SIGNED_IN, kwargs={"public_id": uuid.UUID(int=1)}, methods=POST),
    # Administrators
    "account_list": Policy(_MANAGE),
    "account_create": Policy(_MANAGE, methods=BOTH),
    "account_detail": Policy(_MANAGE, make=_user),
    "account_edit": Policy(_MANAGE, make=_user, methods=BOTH),
    "account_act": Policy(_MANAGE, make=_user, kwargs={"verb": "disable"}, methods=BOTH),
    "security_log": Policy("core.view_security_log"),
    "read_log": Policy("core.view_read_log"),
    "system_status": Policy("core.view_system"),
    # People beyond the entity pages
    "id_number_check": Policy("talent.add_person", methods=POST),
    "person_reveal": Policy("talent.reveal_person", make=_entity("person"), methods=BOTH),
    "person_activation": Policy("talent.activate_person", make=_entity("person"), methods=BOTH),
    "person_bulk": Policy("talent.change_person", kwargs={"verb": "confirm"}, methods=POST),
    "certificate_bulk": Policy(
        "talent.verify_certificate", kwargs={"verb": "verify"}, methods=POST
    ),
    "station_bulk": Policy("stations.approve_station", kwargs={"verb": "approve"}, methods=POST),
    "keytalentclaim_bulk": Policy(
        "talent.review_keytalentclaim", kwargs={"verb": "accept"}, methods=POST
    ),
    "transferrequest_bulk": Policy(
        "talent.decide_transferrequest", kwargs={"verb": "accept"}, methods=POST
    ),
    "namelist_bulk": Policy("talent.verify_certificate", kwargs={"verb": "accept"}, methods=POST),
    "changerequest_bulk": Policy(
        "talent.review_changerequest", kwargs={"verb": "accept"}, methods=POST
    ),
    "transferrequest_create": Policy("talent.transfer_person", methods=BOTH),
    # Their pages take the answers, too.
    "transferrequest_detail": Policy(
        "talent.view_transferrequest", make=_entity("transferrequest"), methods=BOTH
    ),
    "namelist_detail": Policy("talent.view_namelist", make=_entity("namelist"), methods=BOTH),
    "changerequest_detail": Policy(
        "talent.view_changerequest", make=_entity("changerequest"), methods=BOTH
    ),
    "keytalentclaim_detail": Policy(
        "talent.view_keytalentclaim", make=_entity("keytalentclaim"), methods=BOTH
    ),
    # Sheets for employers beyond their entity pages
    "roster_workbooks": Policy("talent.export_roster", methods=POST),
    "roster_paper": Policy("talent.export_roster"),
    # Files of records
    "attachment_detail": Policy("stations.view_station", make=_attachment),
    "attachment_act": Policy(
        "stations.change_station", make=_attachment, kwargs={"verb": "remove"}, methods=BOTH
    ),
    "attachment_add": Policy(
        "stations.change_station",
        make=_entity("station"),
        key="owner",
        kwargs={"label": "stations.station"},
        methods=BOTH,
    ),
    # A worker's own pages
    "me": Policy(_OWN),
    "me_copy": Policy(_OWN, methods=POST, shows_own_numbers=True),
    "me_numbers": Policy(_OWN, methods=POST, shows_own_numbers=True),
    "me_contact": Policy(_OWN, methods=BOTH),
    "me_requests": Policy(_OWN),
    "me_correct": Policy(_OWN, methods=BOTH),
    "me_withdraw": Policy(_OWN, methods=POST),
    "me_reads": Policy(_OWN),
    "me_targets": Policy(_OWN),
    "me_history": Policy(_OWN),
    # Imports and exports
    "export_list": Policy("core.export"),
    "import_list": Policy(_IMPORT),
    "import_new": Policy(_IMPORT, methods=BOTH),
    "import_template": Policy(_IMPORT, kwargs={"kind": "people"}),
    "import_detail": Policy(_IMPORT, make=_batch),
    "import_columns": Policy(_IMPORT, make=_batch, methods=BOTH),
    "import_header": Policy(_IMPORT, make=_batch, methods=POST),
    "import_kind": Policy(_IMPORT, make=_batch, methods=POST),
    "word_list": Policy(_IMPORT),
    "word_export": Policy(_IMPORT, methods=POST),
    "common_word_list": Policy(_IMPORT),
    "word_detail": Policy(_IMPORT, make=_word),
    "word_change": Policy(_IMPORT, make=_word, methods=POST),
    "word_forget": Policy(_IMPORT, make=_word, methods=POST),
    "word_adopt": Policy("province", make=_word, methods=POST),
    "word_take_back": Policy("province", make=_word, methods=POST),
    "import_sheet": Policy(_IMPORT, make=_batch, methods=POST),
    "import_answers": Policy(_IMPORT, make=_batch, methods=POST),
    "import_confirm": Policy(_IMPORT, make=_batch, methods=POST),
    "import_reason": Policy(_IMPORT, make=_batch, methods=POST),
    "import_cancel": Policy(_IMPORT, make=_batch, methods=POST),
    "import_resume": Policy(_IMPORT, make=_batch, methods=POST),
    "import_undo": Policy(_IMPORT, make=_batch, methods=POST),
    "import_refused": Policy(_IMPORT, make=_batch),
    "import_decide_all": Policy(_IMPORT, make=_batch, methods=POST),
    "import_decide": Policy(_IMPORT, make=_batch, kwargs={"number": 1}, methods=POST),
    "paper_list": Policy("core.export", methods=BOTH),
    "paper_detail": Policy("core.export", make=_paper),
    "paper_standing": Policy("core.export", kwargs={"code": "staff"}, methods=POST),
    "paper_cell": Policy("core.export", make=_paper, methods=POST),
    "paper_columns": Policy("core.export", make=_paper, methods=POST),
    "paper_fill": Policy("core.export", make=_paper, methods=POST),
    "paper_remove": Policy("core.export", make=_paper, methods=POST),
    "compare_list": Policy(_IMPORT, methods=BOTH),
    "compare_detail": Policy(_IMPORT, make=_comparison, methods=BOTH),
    "compare_columns": Policy(_IMPORT, make=_comparison, methods=BOTH),
    "compare_again": Policy(_IMPORT, make=_comparison, methods=POST),
    "compare_cancel": Policy(_IMPORT, make=_comparison, methods=POST),
    "compare_import": Policy(_IMPORT, make=_comparison, methods=POST),
    "compare_workbook": Policy(_IMPORT, make=_comparison, methods=POST),
    # Figures
    "dashboard": Policy(_BOARD, kwargs=_region),
    "dashboard_progress": Policy(_BOARD),
    "dashboard_map": Policy(_BOARD, kwargs={**_region, "level": "prefecture"}, is_kept=True),
    "dashboard_next": Policy("reports.view_indicator_list", kwargs=_region),
    "dashboard_export": Policy(_BOARD, kwargs=_region, methods=POST),
    "dashboard_refresh": Policy(_BOARD, kwargs=_region, methods=POST),
    "dashboard_list": Policy(
        "reports.view_indicator_list", kwargs={**_region, "code": "T1"}, methods=BOTH
    ),
    "dashboard_list_export": Policy(
        "reports.view_indicator_list", kwargs={**_region, "code": "T1"}, methods=POST
    ),
    "report_list": Policy(_BOARD),
    "report": Policy(_BOARD, kwargs={**_region, "form": "progress"}),
    "report_export": Policy(_BOARD, kwargs={**_region, "form": "progress"}, methods=POST),
    "definition_list": Policy(_BOARD),
    "definition": Policy(_BOARD, kwargs={"code": "T1"}),
    "target_list": Policy(_BOARD),
    "plan_create": Policy("province", methods=BOTH),
    "plan_freeze": Policy("province", kwargs={"plan": "14_5"}, methods=BOTH),
    "target_edit": Policy(
        "reports.change_target", kwargs={"plan": "14-5", **_region}, methods=BOTH
    ),
    # The API beyond the entities
    "api-schema": Policy("api"),
    "api-docs": Policy("api"),
    "api-indicators": Policy(_BOARD),
    "api-figures": Policy(_BOARD),
    "api-region-list": Policy(_BOARD),
    "api-region-detail": Policy(_BOARD, make=lambda county: county),
    "api-snapshot-list": Policy(_BOARD),
    "api-snapshot-detail": Policy(_BOARD, kwargs={"uid": uuid.uuid4()}),
    "api-changerequest-list": Policy("change requests", methods=BOTH),
    "api-changerequest-detail": Policy("change requests", make=_entity("changerequest")),
}


def policy_of(name: str) -> Policy | None:
    """The policy of an address by its name, None when it has none."""
    if name in POLICIES:
        return POLICIES[name]
    entity, _, page = name.removeprefix("api-").replace("-", "_").rpartition("_")
    view = ENTITIES.get(entity)
    if view is None or page not in _VERB_OF_PAGE:
        return None
    has_record = page in {"detail", "edit", "history", "act"}
    actions = view.all_actions
    kwargs = {"verb": actions[0].code if actions else "none"} if page == "act" else {}
    methods = {"create": BOTH, "edit": BOTH, "act": BOTH, "export": POST, "list": BOTH}
    return Policy(
        view.permission(_VERB_OF_PAGE[page]),
        make=_entity(entity) if has_record else None,
        kwargs=kwargs,
        methods=("GET",) if name.startswith("api-") else methods.get(page, ("GET",)),
    )


def addresses() -> Iterator[tuple[str, str]]:
    """(name, pattern) of every address of the product."""

    def walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
            elif isinstance(pattern, URLPattern):
                yield pattern.name or "", prefix + str(pattern.pattern)

    yield from walk(get_resolver().url_patterns, "")


def allows(policy: Policy, user: Any) -> bool:
    """Whether the policy lets a signed-in user in."""
    if policy.needs in {ANYONE, SIGNED_IN}:
        return True
    if policy.needs == "province":
        return user.has_perm("reports.change_target") and user.region_id == "52"
    if policy.needs == "api":
        return user.has_record_scope or user.is_worker
    if policy.needs == "change requests":
        return user.has_perm("talent.view_changerequest") or user.is_worker
    return bool(user.has_perm(policy.needs))
