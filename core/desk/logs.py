"""What the security log says of an event."""

from __future__ import annotations

from core.accounts.roles import role_label
from core.audit.models import SecurityEvent
from core.regions.names import place_name


def security_words(event: SecurityEvent) -> str:
    """The detail of an event as the log shows it."""
    detail, before = event.detail, event.detail.get("before") or {}
    role = role_label(detail.get("role", ""))
    was = [role_label(before.get("role", "")), place_name(before.get("region", ""))]
    parts = [
        str(detail.get("attempt", "")),
        str(detail.get("reason", "")),
        str(detail.get("purpose", "")),
        f"角色：{role}" if role else "",
        f"已告知规则 {detail['notice']} 版" if detail.get("notice") else "",
        f"地区：{place_name(detail['region'])}" if detail.get("region") else "",
        f"原为：{' '.join(was)}" if before else "",
        f"来自 {detail['address']}" if detail.get("address") else "",
    ]
    return "；".join(part for part in parts if part)
