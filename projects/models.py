"""All models of projects, where Django looks for them; each lives in its own room."""

from projects.fundings.models import Funding
from projects.milestones.models import Milestone
from projects.payments.models import Payment
from projects.projects.models import Project

__all__ = ["Funding", "Milestone", "Payment", "Project"]
