"""The kinds of records of stations, in the order of the navigation."""

from stations.months.entity import MONTHS
from stations.organizations.entity import ORGANIZATIONS
from stations.places.entity import STATIONS
from stations.targets.entity import TARGETS

__all__ = ["MONTHS", "ORGANIZATIONS", "STATIONS", "TARGETS"]
