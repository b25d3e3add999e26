"""What may be counted, one population a module: rows as of a day, their place and facts."""

from reports.populations.graduates import GRADUATES
from reports.populations.key_talents import KEY_TALENTS
from reports.populations.people import PEOPLE
from reports.populations.places import COUNTIES, PREFECTURES, TOWNSHIPS
from reports.populations.stations import AGENCIES, STATIONS

__all__ = [
    "AGENCIES",
    "COUNTIES",
    "GRADUATES",
    "KEY_TALENTS",
    "PEOPLE",
    "PREFECTURES",
    "STATIONS",
    "TOWNSHIPS",
]
