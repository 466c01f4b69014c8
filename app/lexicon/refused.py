"""Why a step in the life of a change is refused; each says so in Chinese, and in English for engineers.

RequestError
├── NotFound
│   ├── UnknownChange      404  no change of this id
│   ├── UnknownMark        404  nobody marked this finding as a false hit
│   ├── UnknownLine        404  no approved text of this id
│   └── UnknownRevision    404  no revision of this number (app.lexicon.shelf)
├── Forbidden
│   ├── OwnChange          403  nobody decides on what is one's own
│   └── NotTheAuthor       403  only who made a change edits, submits and takes it back
├── RequestConflict
│   ├── WrongState         409  the change is not where this step begins
│   ├── OtherVersion       409  it was edited since it was read
│   ├── HeldAnew           409  what it lets go of is not held since then any more
│   └── RulesMoved         409  somebody else changed what it changes (app.lexicon.conflicts)
└── Malformed
    └── ChangeRefused      422  the rules cannot be taken as they are (app.lexicon.problems)
"""

from app.errors import Forbidden, NotFound, RequestConflict
from app.records import ChangeState

STATES = {
    ChangeState.DRAFT: "草稿",
    ChangeState.SUBMITTED: "待审批",
    ChangeState.APPROVED: "已批准、待生效",
    ChangeState.PUBLISHED: "已发布",
    ChangeState.REJECTED: "已驳回",
    ChangeState.EXPIRED: "已过期",
    ChangeState.FAILED: "发布失败",
}
"""What officers call the states."""


class UnknownChange(NotFound):
    """There is no change of this id."""

    def __init__(self) -> None:
        super().__init__("没有这个变更，可能已经删除。(there is no such change)")


class UnknownMark(NotFound):
    """Nobody marked this finding as a false hit."""

    def __init__(self) -> None:
        super().__init__("这个命中还没有人标成误命中。(nobody marked this finding as a false hit)")


class UnknownLine(NotFound):
    """There is no approved text of this id."""

    def __init__(self) -> None:
        super().__init__("没有这句话术，可能已经改过。(there is no such line)")


class OwnChange(Forbidden):
    """Nobody decides on what is one's own, whatever the roles and keys."""

    def __init__(self) -> None:
        super().__init__("自己提出的变更不能由自己审批，请另一个人处理。(the author never decides on a change)")


class NotTheAuthor(Forbidden):
    """Only who made a change may do this."""

    def __init__(self) -> None:
        super().__init__("只有提出人可以修改、提交、撤回或删除这个变更。(only the author may do this)")


class WrongState(RequestConflict):
    """The change is not where this step begins."""

    def __init__(self, state: ChangeState) -> None:
        super().__init__(f"这个变更现在是“{STATES[state]}”，不能这样处理。(the change is {state.value})")


class OtherVersion(RequestConflict):
    """The change was edited since it was read."""

    def __init__(self) -> None:
        super().__init__("这个变更在您看过之后又改了，请重新看一遍。(the change was edited since it was read)")


class HeldAnew(RequestConflict):
    """What a change lets go of is held no longer, or was held anew since it was asked for."""
