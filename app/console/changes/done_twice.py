"""A button that is pressed twice: the second press finds done what its own person has just done, and is no mistake."""

from datetime import datetime

from app.console.frame.forms import JUST_NOW
from app.records import ChangeRecord, ChangeState
from app.records.names import is_same_person

_BY_ITS_AUTHOR = {"submitted": {ChangeState.SUBMITTED}, "withdrawn": {ChangeState.DRAFT}}
_BY_ANOTHER = {"approved": {ChangeState.PUBLISHED, ChangeState.APPROVED}, "rejected": {ChangeState.REJECTED}}


def is_done(said: str, record: ChangeRecord, person: str, version: str, now: datetime) -> bool:
    """Whether this person has just taken the step `said`, with the text that was read: `version`, where it says so."""
    if now - record.updated_at > JUST_NOW or version not in ("", str(record.version)):
        return False
    if record.state in _BY_ITS_AUTHOR.get(said, ()):
        return is_same_person(record.author, person)
    decided = record.state in _BY_ANOTHER.get(said, ())
    return decided and record.decided_by is not None and is_same_person(record.decided_by, person)
