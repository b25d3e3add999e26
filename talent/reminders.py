"""What of people is said before it is due."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import QuerySet

from core.notices.reminders import OVER, Reminder, register_reminder
from talent.codes import REGISTERED_STATUSES, VALID_REGISTRATIONS, RegistrationState
from talent.credentials.models import RegistrationPeriod

# R11: from then on a registration can be renewed.
_RENEWABLE_DAYS = 90
_STATES = (*VALID_REGISTRATIONS, RegistrationState.GRACE, RegistrationState.LAPSED)


def _ending(first: datetime.date, last: datetime.date) -> QuerySet[Any, Any]:
    """Registrations that nothing follows, of people in the registry."""
    rows = RegistrationPeriod.objects.unfollowed().filter(
        ends_on__range=(first, last),
        state__in=_STATES,
        ended_on=None,
        person__status__in=REGISTERED_STATUSES,
    )
    return rows.values_list(
        "pk", "ends_on", "person__name", "person_id", "person__user_id", "person__region_id"
    )


def _words(stage: int) -> str:
    if stage == OVER:
        return "登记已过期，没有再登记"
    if stage > _RENEWABLE_DAYS:
        return "登记半年内到期，到期前 3 个月起可以办理再登记"
    return "登记快到期，现在可以办理再登记"


register_reminder(
    Reminder(
        code="registration",
        model=RegistrationPeriod,
        find=_ending,
        days=(180, 90, 30, 7),
        after=180,
        permission="talent.change_registrationperiod",
        text=_words,
        own_text=lambda stage: f"您的{_words(stage)}",
        own_link="/me/",
    )
)
