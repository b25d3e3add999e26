"""What every app needs: regions, users, jobs, and the records of who read what."""

from core.models.audit import ReadEvent, SecurityEvent
from core.models.base import Record
from core.models.job import ColumnMemory, ImportBatch, ImportRow, Job
from core.models.region import Region, RegionMove
from core.models.token import ApiToken
from core.models.user import User

__all__ = [
    "ApiToken",
    "ColumnMemory",
    "ImportBatch",
    "ImportRow",
    "Job",
    "ReadEvent",
    "Record",
    "Region",
    "RegionMove",
    "SecurityEvent",
    "User",
]
