"""A person's own account: a code from the county clerk, a password set by its owner.

The answer and the time taken are the same whether the ID number is known, the code is wrong,
used up or expired: nobody learns from it who is registered.
"""

from __future__ import annotations

import datetime
import secrets

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.accounts.actions import forget_failures
from core.accounts.privacy import NOTICE_VERSION
from core.accounts.roles import Role
from core.guards import claim, locked
from core.models import SecurityEvent, User
from core.rules import RuleError
from core.secrecy.crypto import blind_index
from core.secrecy.identity import clean_id_number
from talent.codes import PersonStatus
from talent.own.models import ActivationAttempt, ActivationCode
from talent.people.actions import GONE
from talent.people.models import Person

CODE_DAYS, CODE_TRIES, CODE_LENGTH = 7, 5, 10


WINDOW = datetime.timedelta(minutes=30)


PER_ADDRESS, PER_PERSON = 20, 10


# Without look-alikes: it is printed and typed from paper.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


# What an unknown ID number is checked against, so that it takes as long as a known one.
_NOBODY = ""


@transaction.atomic
def issue_activation_code(*, person: Person, by: User) -> str:
    """A new code, returned once and kept only as a hash; earlier codes end."""
    person = claim(person, by, "talent.activate_person")
    if person.status in (*GONE, PersonStatus.DEACTIVATED):
        raise RuleError("STATE", f"人员状态为「{person.get_status_display()}」，不能开通账号。")
    now = timezone.now()
    person.activation_codes.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
    code = "".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH))
    ActivationCode.objects.create(
        person=person,
        code_hash=make_password(code),
        issued_by=by,
        expires_at=now + datetime.timedelta(days=CODE_DAYS),
    )
    SecurityEvent.record(
        kind="发放激活码", actor=by, target=person.number, region_code=person.region_id or ""
    )
    return f"{code[:5]}-{code[5:]}"


def activate(*, id_number: str, code: str, password: str, address: str) -> User | None:
    """The account opened by an ID number and its code; None for every way to fail.

    Counts the attempt first, on its own, so that failures cannot be undone. Opening it again
    with a new code sets a new password.
    """
    index = blind_index(clean_id_number(id_number), purpose="id_number")
    allowed = _count_attempt(index, address)
    typed = clean_id_number(code)
    with transaction.atomic():
        found = _open_code(index) if allowed else None
        if found is not None:
            ActivationCode.objects.filter(pk=found.pk).update(tries=F("tries") + 1)
    matches = check_password(typed, found.code_hash if found else _decoy())
    return _open_account(found, password) if found and matches else None


def _count_attempt(index: bytes, address: str) -> bool:
    """Write the attempt; whether it is within the limits of its address and person."""
    since = timezone.now() - WINDOW
    ActivationAttempt.objects.create(address=address, id_index=index)
    recent = ActivationAttempt.objects.filter(at__gt=since)
    return (
        recent.filter(address=address).count() <= PER_ADDRESS
        and recent.filter(id_index=index).count() <= PER_PERSON
    )


def _open_code(index: bytes) -> ActivationCode | None:
    return (
        ActivationCode.objects.select_for_update(of=("self",))
        .filter(
            person__id_index=index,
            used_at=None,
            expires_at__gt=timezone.now(),
            tries__lt=CODE_TRIES,
        )
        .exclude(person__status__in=(*GONE, PersonStatus.DEACTIVATED))
        .first()
    )


def _decoy() -> str:
    """The hash of no code, made once a process."""
    global _NOBODY
    if not _NOBODY:
        _NOBODY = make_password(secrets.token_hex(16))
    return _NOBODY


@transaction.atomic
def _open_account(found: ActivationCode, password: str) -> User | None:
    """Use the code up and set the password; None when somebody else was faster."""
    used = ActivationCode.objects.filter(pk=found.pk, used_at=None).update(used_at=timezone.now())
    if not used:
        return None
    person = locked(found.person)
    user = person.user or User(username=person.number.lower(), role=Role.WORKER)
    user.display_name, user.is_active, user.session_key = person.name, True, ""
    user.must_change_password, user.one_time_expires_at = False, None
    user.password_changed_at = user.notice_at = timezone.now()
    user.notice_version = NOTICE_VERSION
    user.set_password(password)
    user.save()
    forget_failures(user.username, str(person.id_number))
    if person.user_id is None:
        Person.objects.filter(pk=person.pk).update(user=user)
    SecurityEvent.record(kind="激活账号", actor=user, target=user.username, notice=NOTICE_VERSION)
    return user


def forget_attempts(*, before: datetime.datetime) -> int:
    """Remove tries to open an account from before a moment; returns how many."""
    return ActivationAttempt.objects.filter(at__lt=before).delete()[0]
