"""What a state means at sight: good, attention, wrong, info, or nothing."""

from __future__ import annotations

from talent.codes import EXPIRED, PersonStatus, RegistrationState, Verification

PERSON = {
    PersonStatus.SERVING: "good",
    PersonStatus.IDLE: "attention",
    PersonStatus.UNVERIFIED: "attention",
    PersonStatus.DECEASED: "",
    PersonStatus.DEACTIVATED: "wrong",
}


REGISTRATION: dict[str, str] = {
    RegistrationState.COMPLETED: "good",
    RegistrationState.ISSUED: "good",
    RegistrationState.DUE: "attention",
    RegistrationState.GRACE: "attention",
    RegistrationState.LAPSED: "wrong",
    EXPIRED: "wrong",
    RegistrationState.FIRST_FAILED: "wrong",
    RegistrationState.FINAL_FAILED: "wrong",
    RegistrationState.SUBMITTED: "info",
    RegistrationState.FIRST_PASSED: "info",
    RegistrationState.FINAL_PASSED: "info",
}


VERIFICATION = {
    Verification.NONE: "attention",
    Verification.SELF: "attention",
    Verification.COUNTY: "good",
    Verification.DOCUMENT: "good",
    Verification.PROVINCE: "good",
}
