"""All models of reports, where Django looks for them; each lives in its own room."""

from reports.periods.models import SettledMembers, Settlement
from reports.plans.models import Plan
from reports.recount.models import Recount
from reports.snapshots.models import Snapshot, SnapshotValue
from reports.targets.models import Target

__all__ = ["Plan", "Recount", "SettledMembers", "Settlement", "Snapshot", "SnapshotValue", "Target"]
