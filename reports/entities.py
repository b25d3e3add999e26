"""The lists behind figures."""

from reports.lists.kinds import LISTS

__all__ = ["LISTS"]
