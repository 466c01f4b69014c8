"""The names of keys and people."""

import re
import unicodedata

from app.records.audit import OPERATOR, SERVICE
from app.records.errors import Unfit

LONGEST_NAME = 64
RESERVED = frozenset({OPERATOR, SERVICE, "loopback"})
"""Who acts in the audit trail without being a person."""


_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Unicode's Default_Ignorable_Code_Point, and the blank Braille pattern: Python calls many of them printable."""


def is_name(given: str) -> bool:
    """Whether a key or a person can be called this: 1 to 64 characters that can be seen, unpadded."""
    is_seen = given.isprintable() and _INVISIBLE.search(given) is None
    return bool(given) and given == given.strip() and is_seen and len(given) <= LONGEST_NAME


def is_person_name(given: str) -> bool:
    """Whether somebody with a password can be called this: the name also stands in paths and in the audit trail."""
    return is_name(given) and "/" not in given and given not in RESERVED


def require_name(field: str, given: str) -> None:
    """Raises Unfit for what `is_name` refuses."""
    if not is_name(given):
        told = f"a name is 1 to {LONGEST_NAME} printable characters, unpadded"
        raise Unfit(field, f"姓名要有 1 到 {LONGEST_NAME} 个看得见的字，前后没有空格。({told})")


def is_same_person(one: str, other: str) -> bool:
    """Whether two names are of one person: neither case, width, spaces nor what cannot be seen make another one."""
    return plain_name(one) == plain_name(other)


def plain_name(name: str) -> str:
    """What is the same in all spellings of one person's name."""
    return "".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", name)).casefold().split())


def require_actor(field: str, given: str) -> None:
    """Raises Unfit for what is no name, and for the names of those who act without being a person."""
    require_name(field, given)
    if any(is_same_person(given, each) for each in RESERVED):
        raise Unfit(field, f"{', '.join(sorted(RESERVED))} act in the audit trail without being a person")


def require_person_name(field: str, given: str) -> None:
    """Raises Unfit for what `is_person_name` refuses."""
    require_name(field, given)
    if not is_person_name(given):
        told = f"a person's name has no slash, and is not {' or '.join(sorted(RESERVED))}"
        raise Unfit(field, f"这个姓名不能用：里面有斜杠，或者是系统自己的名称。({told})")
