"""All models of projects, where Django looks for them; each lives in its own room."""

from projects.milestones.models import Milestone
from projects.payments.models import Payment
from projects.projects.models import Project

__all__ = ["Milestone", "Payment", "Project"]
