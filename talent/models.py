"""All models of talent, where Django looks for them; each lives in its own room."""

from talent.corrections.models import ChangeRequest
from talent.credentials.models import Certificate, Education, RegistrationPeriod, Title
from talent.graduates.models import GraduateStat
from talent.key_talents.models import KeyTalentClaim
from talent.moves.models import TransferRequest
from talent.name_lists.models import NameList
from talent.own.models import ActivationAttempt, ActivationCode
from talent.people.models import Person, PersonState
from talent.posts.models import Post
from talent.rosters.models import Roster, RosterArrival, RosterLine

__all__ = [
    "ActivationAttempt",
    "ActivationCode",
    "Certificate",
    "ChangeRequest",
    "Education",
    "GraduateStat",
    "KeyTalentClaim",
    "NameList",
    "Person",
    "PersonState",
    "Post",
    "RegistrationPeriod",
    "Roster",
    "RosterArrival",
    "RosterLine",
    "Title",
    "TransferRequest",
]
