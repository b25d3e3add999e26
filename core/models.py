"""All models of core, where Django looks for them; each lives in its own room."""

from core.accounts.models import User
from core.accounts.tokens import ApiToken
from core.attachments.models import Attachment
from core.audit.models import ReadEvent, SecurityEvent
from core.drafts.models import Draft
from core.entities.models import Export, FormerValue, Record, SavedView, Step
from core.jobs.models import Job
from core.ledgers.models import ColumnMemory, ImportBatch, ImportRow, WordMemory
from core.notices.models import Notice
from core.papers.models import Filling, PaperForm
from core.regions.models import Region, RegionMove

__all__ = [
    "ApiToken",
    "Attachment",
    "ColumnMemory",
    "Draft",
    "Export",
    "Filling",
    "FormerValue",
    "ImportBatch",
    "ImportRow",
    "Job",
    "Notice",
    "PaperForm",
    "ReadEvent",
    "Record",
    "Region",
    "RegionMove",
    "SavedView",
    "SecurityEvent",
    "Step",
    "User",
    "WordMemory",
]
