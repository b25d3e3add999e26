"""The kinds of records of projects."""

from projects.fundings.entity import FUNDINGS
from projects.milestones.entity import MILESTONES
from projects.payments.entity import PAYMENTS
from projects.projects.entity import PROJECTS

__all__ = ["FUNDINGS", "MILESTONES", "PAYMENTS", "PROJECTS"]
