"""What a role is. Which roles there are and what each may do says config/policy.py."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string


class Role(models.TextChoices):
    CLERK = "clerk", "录入员"
    REVIEWER = "reviewer", "审核员"
    VIEWER = "viewer", "领导"
    WORKER = "worker", "本人"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDITOR = "auditor", "审计员"


# Three administrators who exclude each other and every business role (GB/T 22239 8.1.5).
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
STAFF = frozenset({Role.CLERK, Role.REVIEWER})


@dataclass(frozen=True)
class RoleCard:
    """A role as the help page prints it.

    `has_records`: it sees the records of its region, as far as its permissions go.
    """

    role: Role
    description: str
    permissions: frozenset[str]
    has_records: bool = False
    label: str = ""

    def __str__(self) -> str:
        return self.label or str(self.role.label)


@lru_cache(maxsize=1)
def role_cards() -> dict[str, RoleCard]:
    """Every role of the product by its code."""
    return {card.role.value: card for card in import_string(settings.ROLES)}


def permissions_of(role: str) -> frozenset[str]:
    """The permissions of a role, empty for an unknown one."""
    card = role_cards().get(role)
    return card.permissions if card else frozenset()


def role_label(role: str) -> str:
    """A role in words, "" for an unknown one."""
    card = role_cards().get(role)
    return str(card) if card else ""
