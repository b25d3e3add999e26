"""manage.py verify_settlements: whether the signed lists are still what was signed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.periods.models import Settlement
from reports.periods.settlements import digest_of


class Command(BaseCommand):
    help = "Compute the digest of every frozen settlement anew and compare."

    def handle(self, *args: Any, **options: Any) -> None:
        frozen = Settlement.objects.filter(frozen_at__isnull=False).select_related("plan")
        changed = [str(one) for one in frozen if digest_of(one) != one.digest]
        if changed:
            raise CommandError(f"名单与签核时不一致：{'、'.join(changed)}。")
        self.stdout.write(f"{len(frozen)} 份决算的名单与签核时一致。")
