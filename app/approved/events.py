"""What a customer can say in a call that matters after it."""

from enum import StrEnum


class EventType(StrEnum):
    """The kinds of it, by the names of the contract."""

    OPT_OUT = "opt_out"
    WRONG_NUMBER = "wrong_number"
    ALREADY_PAID = "already_paid"
    CALLBACK = "callback"
    THIRD_PARTY_REFUSED = "third_party_refused"
    PROMISE_TO_PAY = "promise_to_pay"
    DISPUTE = "dispute"
    HARDSHIP = "hardship"
    COMPLAINT = "complaint"
    HUMAN_REQUESTED = "human_requested"
