"""Organisations change and end."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction

from core.entities.deactivation import put_out_of_use
from core.guards import claim, require_open, touch
from core.models import User
from core.rules import RuleError
from core.scoping import ensure_visible
from stations.organizations.models import Organization


@transaction.atomic
def update_organization(*, organization: Organization, by: User) -> Organization:
    """Save an edited organisation; one that was made from a bare name is complete then."""
    before = claim(organization, by, "stations.change_organization")
    organization.is_incomplete = False
    organization.version = before.version + 1
    organization.save()
    ensure_visible(organization, by)
    return organization


@transaction.atomic
def end_organization(
    *, organization: Organization, by: User, reason: str, since: datetime.date | None = None
) -> str:
    """An organisation ends, and its posts without a station; no open station may be left to it.

    Without `since` it was a mistake and never there.
    """
    organization = claim(organization, by, "stations.end_organization")
    require_open(organization)
    ended_on = put_out_of_use(organization, since)
    running = organization.stations.open().count()
    if running:
        raise RuleError("R15", f"还有 {running} 个站点由该机构承接，请先变更承接机构或撤并站点。")
    posts: Any = organization.posts  # type: ignore[attr-defined]
    count = posts.filter(station=None).close_all(on=ended_on, reason=f"机构停用：{reason}"[:200])
    organization.ended_on, organization.end_reason = ended_on, reason
    touch(organization, "ended_on", "true_until", "end_reason")
    return f"已停用「{organization}」，{count} 个岗位随之离岗。"
