"""The kinds of records of talent."""

from talent.corrections.entity import CORRECTIONS
from talent.credentials.entity import CERTIFICATES, EDUCATIONS, REGISTRATIONS, TITLES
from talent.graduates.entity import GRADUATES
from talent.key_talents.entity import KEY_TALENTS
from talent.moves.entity import TRANSFERS
from talent.name_lists.entity import NAME_LISTS
from talent.people.entity import PEOPLE
from talent.posts.entity import POSTS
from talent.rosters.entity import ROSTER_ARRIVALS, ROSTER_LINES, ROSTERS

__all__ = [
    "CERTIFICATES",
    "CORRECTIONS",
    "EDUCATIONS",
    "GRADUATES",
    "KEY_TALENTS",
    "NAME_LISTS",
    "PEOPLE",
    "POSTS",
    "REGISTRATIONS",
    "ROSTERS",
    "ROSTER_ARRIVALS",
    "ROSTER_LINES",
    "TITLES",
    "TRANSFERS",
]
