"""Files of the media store that no attachment names."""

from core.attachments.actions import FOLDER
from core.attachments.models import Attachment
from core.secrecy import files as media


def forget_orphans(*, before: float) -> int:
    """Remove what a killed process stored before a time (Unix seconds) and never named in a
    row; how many. Files of removed attachments have their rows and stay."""
    named = set(Attachment.objects.values_list("file_path", flat=True))
    return media.forget_unnamed(FOLDER, named=named, before=before)
