"""A worker's own pages: her record, her requests, who looked, and the opening of the account.

Everything hangs on the account's own person; no address names another.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.html import strip_tags
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.accounts.clients import client_address
from core.attachments.showing import own_attachments
from core.decisions.models import COLOURS
from core.entities.changes import changes_of
from core.entities.display import ENDINGS, facts, label_of, shown
from core.entities.pages.plain import page_of, sent_data
from core.entities.workbooks import ExportColumn, export_table
from core.models import ReadEvent
from core.notices.reading import notices_for
from core.rules import RuleError
from talent.colours import PERSON
from talent.corrections.actions import CORRECTION, request_change, withdraw_change
from talent.corrections.forms import CorrectionForm
from talent.corrections.items import items
from talent.corrections.models import ChangeRequest
from talent.own.accounts import activate as open_account
from talent.own.actions import update_contact
from talent.own.forms import WRONG_CODE, ActivateForm, ContactForm
from talent.people.models import Person

PER_PAGE = 30
_NOTICES = 5
SECTIONS = (
    ("身份", ("name", "former_name", "id_type", "id_number", "sex", "birth_date", "ethnicity",
              "political_status")),
    ("联系方式", ("phone", "address")),
    ("地区", ("region", "residence", "native_place", "household_place")),
    ("人才信息", ("category", "sources", "service_fields", "verification", "confirmed_on")),
)  # fmt: skip
RELATED = (
    ("任职", "posts", ("employer_name", "kind", "employment", "is_primary", "started_on",
                       "ended_on")),
    ("证书", "certificates", ("level", "number", "approved_on", "verification")),
    ("登记", "registrationperiods", ("kind", "starts_on", "ends_on", "state")),
    ("学历", "educations", ("level", "degree", "school", "major", "graduated_on")),
    ("职称", "titles", ("series", "level", "obtained_on")),
    ("重点人才认定", "keytalentclaims", ("claim_class", "qualified_on", "state")),
)  # fmt: skip
LABELS = {"employer_name": "站点或用人单位"}


def own_record(request: HttpRequest) -> Person:
    """The person of the account; 403 for everybody who is not a worker with a record."""
    user: Any = request.user
    if not user.has_perm("talent.view_own_record"):
        raise PermissionDenied
    person = Person.objects.filter(user=user).select_related("region", "residence").first()
    if person is None:
        raise PermissionDenied
    return person


def own_context(person: Person, current: str, **extra: Any) -> dict[str, Any]:
    return {"person": person, "current": current, "tabs": _tabs(), **extra}


def _tabs() -> list[dict[str, str]]:
    """The worker's pages; 计入情况 is given by reports where it exists."""
    tabs = []
    for code, label in (
        ("me", "我的档案"), ("me_targets", "计入情况"), ("me_requests", "我的申请"),
        ("me_reads", "谁看过我"), ("me_history", "修改记录"),
    ):  # fmt: skip
        try:
            tabs.append({"code": code, "label": label, "url": reverse(code)})
        except NoReverseMatch:
            continue
    return tabs


# --- Own record -----------------------------------------------------------------------------
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """The own record in full, own numbers masked until asked for."""
    person = own_record(request)
    sections = [
        {"title": title, "facts": facts(person, names, user=request.user)}
        for title, names in SECTIONS
    ]
    related = [block for spec in RELATED if (block := _block(person, *spec))["rows"]]
    return render(
        request,
        "me/record.html",
        own_context(
            person,
            "me",
            sections=sections,
            related=related,
            state_kind=PERSON.get(person.status, ""),
            pending=_pending(person),
            attachments={"files": own_attachments(request.user)},
            notices=notices_for(request.user, limit=_NOTICES)[0],
        ),
    )


def _block(person: Person, title: str, accessor: str, columns: tuple[str, ...]) -> dict[str, Any]:
    rows = _rows(person, accessor)
    heads = [label_of(rows.model, column, LABELS) for column in columns]
    return {
        "title": title,
        "rows": [
            {
                "pk": row.pk,
                "facts": [
                    {"label": head, "value": shown(row, column)}
                    for head, column in zip(heads, columns, strict=True)
                    if column not in ENDINGS or getattr(row, column)
                ],
            }
            for row in rows[:50]
        ],
    }


def _rows(person: Person, accessor: str) -> Any:
    """What hangs on the record and is in use; of posts those that are over too."""
    rows = getattr(person, accessor).all()
    if accessor == "posts":
        return rows.select_related("station", "organization")
    return rows.filter(ended_on=None)


def _correctable_records(person: Person) -> list[tuple[str, str]]:
    """What a correction may be about: each record, and a missing one of each kind."""
    choices = []
    for title, accessor, _ in RELATED:
        choices += [(str(row.pk), f"{title}「{row}」") for row in _rows(person, accessor)[:50]]
        choices.append((accessor, f"漏登的{title}"))
    return choices


def _pending(person: Person) -> Any:
    return person.changerequests.pending().first()


@require_POST
def me_numbers(request: HttpRequest) -> HttpResponse:
    """The own ID number and phone in full; leaves a ReadEvent like any reveal."""
    person = own_record(request)
    user: Any = request.user
    ReadEvent.record(user=user, kind=ReadEvent.Kind.REVEAL, people=[person.pk], reason="本人查看")
    return render(request, "me/numbers.html", own_context(person, "me"))


COPY = (
    ExportColumn("栏目", itemgetter(0)),
    ExportColumn("项目", itemgetter(1)),
    ExportColumn("内容", itemgetter(2)),
)


@require_POST
def me_copy(request: HttpRequest) -> FileResponse:
    """The own record to take along, own numbers in full (PIPL art. 45); leaves a ReadEvent."""
    person = own_record(request)
    return export_table(
        user=request.user,
        title="我的档案",
        columns=COPY,
        rows=_copied(person, request.user),
        people=lambda row: person.pk,
        purpose="本人下载",
        filter_text="本人的档案",
        care="这是您本人的档案，由您自己保管和使用；里面有完整的证件号码和电话，请不要随意转给他人。"
        "内容有误，可以在「我的申请」里申请更正。",
    )


def _copied(person: Person, user: Any) -> list[tuple[str, str, str]]:
    """(section, label, value in words) of everything that the own page shows."""
    clear = {label_of(Person, name): getattr(person, name) for name in ("id_number", "phone")}
    lines = [("人才编号", {"label": "人才编号", "value": person.number})]
    for title, names in SECTIONS:
        lines += [(title, fact) for fact in facts(person, names, user=user)]
    for title, accessor, columns in RELATED:
        for number, row in enumerate(_block(person, title, accessor, columns)["rows"], 1):
            lines += [(f"{title} {number}", fact) for fact in row["facts"]]
    return [
        (title, fact["label"], clear.get(fact["label"]) or strip_tags(str(fact["value"])))
        for title, fact in lines
    ]


@require_http_methods(["GET", "POST"])
def me_contact(request: HttpRequest) -> HttpResponse:
    """Phone and address, changed at once; another phone once it was read back."""
    person = own_record(request)
    form = ContactForm(sent_data(request), person=person)
    shown = ""
    if request.method == "POST" and form.is_valid() and not (shown := form.to_read_back):
        given = {name: form.cleaned_data[name] for name in ("phone", "address")}
        try:
            update_contact(by=request.user, **given)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, "联系方式已更新。")
            return HttpResponseRedirect(reverse("me"))
    context = own_context(person, "me", form=form, new_phone=shown)
    return _render_form(request, "me/contact.html", context)


# --- Requests -------------------------------------------------------------------------------
@require_GET
def me_requests(request: HttpRequest) -> HttpResponse:
    """What became of her requests, newest first; and transfers of her record."""
    person = own_record(request)
    asked = [
        {"row": row, "items": items(row, person), "kind": COLOURS.get(row.state)}
        for row in ChangeRequest.objects.filter(person__in=_own_ids(person))[:PER_PAGE]
    ]
    transfers = person.transfers.all()[:PER_PAGE]
    context = own_context(person, "me_requests", asked=asked, transfers=transfers)
    return render(request, "me/requests.html", context)


@require_http_methods(["GET", "POST"])
def me_correct(request: HttpRequest) -> HttpResponse:
    """Ask for corrections of everything but contact data and ID number."""
    person = own_record(request)
    if _pending(person):
        messages.info(request, "您已有一份待审核的申请，请等待结果或先撤回。")
        return HttpResponseRedirect(reverse("me_requests"))
    form = CorrectionForm(
        sent_data(request), instance=person, user=request.user,
        records=_correctable_records(person), initial={"about": request.GET.get("about")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        asked = {"changes": form.asked(), "other": form.other()}
        try:
            request_change(by=request.user, reason=form.cleaned_data["reason"], **asked)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            by = f"由所在县（市、区）审核员在 {CORRECTION.days} 天内答复"
            messages.success(request, f"已提交，{by}。")
            return HttpResponseRedirect(reverse("me_requests"))
    return _render_form(request, "me/correct.html", own_context(person, "me_requests", form=form))


@require_POST
def me_withdraw(request: HttpRequest) -> HttpResponse:
    """Take the pending request back."""
    pending = _pending(own_record(request))
    if pending is None:
        raise Http404
    try:
        withdraw_change(request=pending, by=request.user)
    except RuleError as error:
        # Answered in the same moment.
        messages.error(request, str(error))
    else:
        messages.success(request, "申请已撤回。")
    return HttpResponseRedirect(reverse("me_requests"))


def _own_ids(person: Person) -> list[Any]:
    """Of the record and of those that were merged into it: they were hers too."""
    return [person.pk, *person.aliases.values_list("pk", flat=True)]


# --- Who looked, what changed ---------------------------------------------------------------
@require_GET
def me_reads(request: HttpRequest) -> HttpResponse:
    """谁看过我: who read her data, when, how and why."""
    person = own_record(request)
    rows = (
        ReadEvent.objects.filter(people__overlap=_own_ids(person))
        .exclude(user=request.user)
        .select_related("user", "user__region")
    )
    page = page_of(request, rows, order=["-at", "-id"])
    return render(request, "me/reads.html", own_context(person, "me_reads", page=page))


@require_GET
def me_history(request: HttpRequest) -> HttpResponse:
    """The log of changes of her own record."""
    person = own_record(request)
    context = own_context(person, "me_history", entries=changes_of(person, limit=100))
    return render(request, "me/history.html", context)


# --- First log-in ---------------------------------------------------------------------------
@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """ID number and code open the account; every failure has the same answer."""
    form = ActivateForm(sent_data(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        user = open_account(
            id_number=given["id_number"],
            code=given["code"],
            password=given["password"],
            address=client_address(request) or "::",
        )
        if user is not None:
            return render(request, "me/activated.html", {"username": user.username})
        form.add_error(None, WRONG_CODE)
    return _render_form(request, "me/activate.html", {"form": form})


def _render_form(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context, status=422 if context["form"].errors else 200)
