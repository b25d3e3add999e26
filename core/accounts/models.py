"""Accounts: a role (what) and a region (which). There are no superusers."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now

from core.accounts.roles import (
    ADMINISTRATORS,
    STAFF,
    Role,
    permissions_of,
    role_cards,
    role_label,
)


class UserQuerySet(models.QuerySet["User"]):
    def for_user(self, user: Any) -> UserQuerySet:
        """Accounts that the user may see and manage: those inside the own region.

        A reviewer has no hand in administrators: resetting one would be a way to become
        one. Workers' accounts belong to their Person and are managed there.
        """
        if not isinstance(user, User) or not user.has_perm("core.manage_accounts"):
            return self.none()
        accounts = self.filter(region__code__startswith=user.region_id).exclude(role=Role.WORKER)
        if user.role == Role.SECURITY_ADMIN:
            return accounts
        return accounts.exclude(role__in=ADMINISTRATORS)

    def in_region(self, code: str) -> UserQuerySet:
        return self.filter(region__code__startswith=code)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(
        self, username: str, password: str | None = None, *, role: str, **fields: Any
    ) -> User:
        user = self.model(username=username, role=role, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One person's account. Shared accounts are not allowed, so it carries a name."""

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(
        "用户名",
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z0-9_.-]{3,40}$", "用户名为 3 至 40 位小写字母、数字、点或横线。")
        ],
    )
    display_name = models.CharField("姓名", max_length=50)
    role = models.CharField("角色", max_length=20, choices=Role)
    region = models.ForeignKey(
        "core.Region", models.PROTECT, null=True, blank=True, verbose_name="辖区"
    )
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    # A one-time password is refused after this moment.
    one_time_expires_at = models.DateTimeField("一次性密码有效至", null=True, blank=True)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True)
    # Which notice of data processing a worker has read (core.accounts.privacy).
    notice_version = models.CharField(
        "已阅处理规则", max_length=10, default="", db_default="", editable=False
    )
    notice_at = models.DateTimeField("阅读时间", null=True, editable=False)
    # The only session that counts; a second login ends the first.
    session_key = models.CharField(max_length=40, default="", editable=False)
    created_at = models.DateTimeField("开设时间", db_default=Now(), editable=False)

    # An account follows its region when that is abolished (core.regions.successions).
    succession_fields = ("region",)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name", "role"]

    objects = UserManager()

    class Meta:
        verbose_name = "账号"
        ordering = ["region_id", "username"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=[r.value for r in Role]),
                name="user_role_is_one_of_the_roles",
            ),
            models.CheckConstraint(
                condition=models.Q(role=Role.WORKER) | models.Q(region__isnull=False),
                name="user_region_unless_worker",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_role_display(self) -> str:  # type: ignore[no-redef]
        return role_label(self.role)

    @property
    def has_record_scope(self) -> bool:
        """Whether the role sees records of a region at all."""
        card = role_cards().get(self.role)
        return card is not None and card.has_records

    @property
    def is_staff_role(self) -> bool:
        return self.role in STAFF

    @property
    def is_worker(self) -> bool:
        return self.role == Role.WORKER

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        """Whether the role carries a permission ("talent.change_person")."""
        return self.is_active and perm in permissions_of(self.role)
