"""Every change of state of people and what belongs to them: verb(record=, by=, ...)."""

from talent.corrections.actions import (
    approve_change,
    decide_change,
    refuse_change,
    request_change,
    withdraw_change,
)
from talent.credentials.actions import (
    add_registration,
    cancel_registration,
    update_certificate,
    verify_certificate,
)
from talent.key_talents.actions import decide_claim, submit_claim
from talent.moves.actions import (
    accept_transfer,
    refuse_transfer,
    request_transfer_in,
    request_transfer_out,
    withdraw_transfer,
)
from talent.own.accounts import activate, forget_attempts, issue_activation_code
from talent.own.actions import update_contact
from talent.people.actions import (
    confirm_person,
    create_person,
    deactivate_person,
    leave_province,
    move_residence,
    reactivate_person,
    record_death,
    retire_person,
    return_person,
    reveal_person,
    update_person,
)
from talent.people.merging import merge_person
from talent.posts.actions import end_post, make_part_time, reassign, start_post, update_post

__all__ = [
    "accept_transfer",
    "activate",
    "add_registration",
    "approve_change",
    "cancel_registration",
    "confirm_person",
    "create_person",
    "deactivate_person",
    "decide_change",
    "decide_claim",
    "end_post",
    "forget_attempts",
    "issue_activation_code",
    "leave_province",
    "make_part_time",
    "merge_person",
    "move_residence",
    "reactivate_person",
    "reassign",
    "record_death",
    "refuse_change",
    "refuse_transfer",
    "request_change",
    "request_transfer_in",
    "request_transfer_out",
    "retire_person",
    "return_person",
    "reveal_person",
    "start_post",
    "submit_claim",
    "update_certificate",
    "update_contact",
    "update_person",
    "update_post",
    "verify_certificate",
    "withdraw_change",
    "withdraw_transfer",
]
