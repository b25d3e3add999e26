"""All models of stations, where Django looks for them; each lives in its own room."""

from stations.months.models import StationMonthly
from stations.organizations.models import Organization
from stations.places.models import Station, StationCoverage, StationState
from stations.targets.models import StationTarget

__all__ = [
    "Organization",
    "Station",
    "StationCoverage",
    "StationMonthly",
    "StationState",
    "StationTarget",
]
