"""The lists behind figures, and that of the targets."""

from reports.lists.kinds import LISTS
from reports.targets.entity import TARGETS

__all__ = ["LISTS", "TARGETS"]
