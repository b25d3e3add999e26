"""People, what they hold, where they serve, and the requests about them."""

from talent.models.claims import GraduateStat, KeyTalentClaim
from talent.models.credentials import Certificate, Education, RegistrationPeriod, Title
from talent.models.person import Person, PersonState
from talent.models.post import Post
from talent.models.requests import ActivationAttempt, ActivationCode, ChangeRequest, TransferRequest

__all__ = [
    "ActivationAttempt",
    "ActivationCode",
    "Certificate",
    "ChangeRequest",
    "Education",
    "GraduateStat",
    "KeyTalentClaim",
    "Person",
    "PersonState",
    "Post",
    "RegistrationPeriod",
    "Title",
    "TransferRequest",
]
