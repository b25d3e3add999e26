"""The kinds of records of talent."""

from talent.corrections.entity import CORRECTIONS
from talent.credentials.entity import CERTIFICATES, EDUCATIONS, REGISTRATIONS, TITLES
from talent.graduates.entity import GRADUATES
from talent.key_talents.entity import KEY_TALENTS
from talent.moves.entity import TRANSFERS
from talent.people.entity import PEOPLE
from talent.posts.entity import POSTS

__all__ = [
    "CERTIFICATES",
    "CORRECTIONS",
    "EDUCATIONS",
    "GRADUATES",
    "KEY_TALENTS",
    "PEOPLE",
    "POSTS",
    "REGISTRATIONS",
    "TITLES",
    "TRANSFERS",
]
