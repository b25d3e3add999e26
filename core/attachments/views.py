"""The doors of a record's files: adding, reading, removing, putting back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from csp.decorators import csp_update
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from core.attachments import actions
from core.attachments.forms import AddForm, RemoveForm
from core.attachments.models import Attachment
from core.attachments.owners import OWNERS, Owner, own_people
from core.audit.models import ReadEvent
from core.pointers import url_of
from core.secrecy import files as media
from core.secrecy.crypto import DecryptionError
from core.secrecy.files import Refused

CONTENT_TYPES = {"jpg": "image/jpeg", "png": "image/png", "pdf": "application/pdf"}
GONE = "这个文件现在读不到：存储没有接上，或文件已不在。请联系系统管理员。"


def _owner(user: Any, label: str, pk: UUID, verb: str) -> tuple[Owner, Any]:
    """A record in the user's scope and what is declared of its kind: 404, then 403."""
    owner = OWNERS.get(label)
    record = owner.model.objects.for_user(user).filter(pk=pk).first() if owner else None
    if owner is None or record is None:
        raise Http404
    if not user.has_perm(owner.permission(verb)):
        raise PermissionDenied
    return owner, record


def _leave_read_event(request: HttpRequest, owner: Owner, record: Any) -> None:
    """The form names the record, and a file's name may name somebody, too."""
    if people := owner.people(record):
        user: Any = request.user
        kind = ReadEvent.Kind.DETAIL
        ReadEvent.record(user=user, kind=kind, people=people, entity="core.attachment")


def _back(label: str, pk: UUID) -> str:
    return url_of(label, pk) or reverse("home")


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, label: str, owner: UUID) -> HttpResponse:
    """Choose a file and say what it is."""
    user: Any = request.user
    kind, record = _owner(user, label, owner, "change")
    is_sent = request.method == "POST"
    form = AddForm(request.POST, request.FILES) if is_sent else AddForm()
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            added = actions.add_attachment(
                record=record, by=user, data=file.read(), name=file.name,
                purpose=form.cleaned_data["purpose"],
            )  # fmt: skip
        except Refused as refusal:
            form.add_error("file", str(refusal))
        except ValidationError as error:
            form.add_error(getattr(error, "field", None) or None, error.messages[0])
        else:
            messages.success(request, f"已添加「{added}」。")
            return HttpResponseRedirect(_back(label, owner))
    _leave_read_event(request, kind, record)
    context = {"form": form, "record": record, "purposes": kind.purposes}
    return _ask(request, "attachments/add.html", context, _back(label, owner))


def _ask(request: HttpRequest, template: str, context: dict[str, Any], back: str) -> HttpResponse:
    piece = "#dialog" if getattr(request, "htmx", False) else ""
    status = 422 if context["form"].errors else 200
    return render(request, template + piece, context | {"back": back}, status=status)


def _file(request: HttpRequest, pk: UUID, verb: str) -> tuple[Attachment, Owner, Any]:
    """A file in the user's scope, its kind of owner and its record."""
    user: Any = request.user
    file = Attachment.objects.for_user(user).filter(pk=pk).first()
    if file is None:
        raise Http404
    owner = OWNERS[file.owner_label]
    record = owner.record(file.owner_id)
    is_own = verb == "view" and set(owner.people(record)) & set(own_people(user))
    if not is_own and not user.has_perm(owner.permission(verb)):
        raise PermissionDenied
    if file.removed_at and not user.has_perm(owner.permission("change")):
        raise Http404
    return file, owner, record


@csp_update({"sandbox": True})
@require_GET
def download(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The file itself, to be saved and never shown as a page of ours. About a person it leaves
    a ReadEvent; when that cannot be written nothing is handed out."""
    user: Any = request.user
    file, owner, record = _file(request, pk, "view")
    try:
        data = media.load(file.file_path)
    except (OSError, DecryptionError):
        messages.error(request, GONE)
        own = bool(own_people(user))
        return HttpResponseRedirect(
            reverse("home") if own else _back(file.owner_label, file.owner_id)
        )
    if people := owner.people(record):
        ReadEvent.record(
            user=user, kind=ReadEvent.Kind.FILE, people=people,
            title=f"附件：{file.purpose}", entity=file.owner_label, attachment=str(file.pk),
        )  # fmt: skip
    disposition = content_disposition_header(as_attachment=True, filename=file.name)
    return HttpResponse(
        data,
        content_type=CONTENT_TYPES[file.kind],
        headers={"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"},
    )


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Remove a file, saying why, or put a removed one back."""
    if verb not in ("remove", "restore"):
        raise Http404
    user: Any = request.user
    file, owner, record = _file(request, pk, "change")
    form = RemoveForm(request.POST if request.method == "POST" else None)
    back = _back(file.owner_label, file.owner_id)
    if request.method == "POST" and (verb == "restore" or form.is_valid()):
        try:
            if verb == "restore":
                words = actions.restore_attachment(attachment=file, by=user)
            else:
                words = actions.remove_attachment(attachment=file, by=user, **form.cleaned_data)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, words)
        return HttpResponseRedirect(back)
    if verb == "restore":
        return HttpResponseRedirect(back)
    _leave_read_event(request, owner, record)
    return _ask(request, "attachments/remove.html", {"form": form, "file": file}, back)
