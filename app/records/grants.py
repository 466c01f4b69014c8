"""Whose hands a person's access went through, and whether two persons are two.

Who makes an account, sets its password, gives it roles, enables it or makes its key can act as that person. So can
whoever could act as the one who did, which is why all of them are kept when it happens (`record`), and not worked out
when it is asked for (`tie_between`): a key that was revoked since, or an admin who was confirmed since, changes nothing
of who had a hand in it. Only another admin who is none of them ends it (`Grants.confirm`). What is done on the command
line is done by whoever runs the host, and leaves no hand.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import RowMapping, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Forbidden, RequestConflict
from app.records.audit import OPERATOR, append, lock
from app.records.clock import Now, utc_now
from app.records.engine import Store
from app.records.errors import UnknownPerson
from app.records.key_states import KEYS, KeyState, state_of
from app.records.names import is_person_name, is_same_person, plain_name
from app.records.tables import api_keys, audit_trail, grants, people
from app.roles import Role

_ADMINISTERS = frozenset({Role.ADMIN.value, Role.AUDITOR.value})


class Tie(StrEnum):
    """Why two names may be one person: who asks and who decides."""

    SAME = "same"
    DECIDING = "deciding"
    ASKING = "asking"
    BOTH = "both"


_TOLD = {
    Tie.SAME: "自己提出的不能由自己批准，请另一个人处理。(one person is not two)",
    Tie.DECIDING: "您的账号、密码、权限或密钥经过提出人的手，不能算另一个人。请别的审批人批准，"
    "或者请另一个管理员先在“人员与密钥”里确认您的账号。(who asks had a hand in the access of who decides)",
    Tie.ASKING: "提出人的账号、密码、权限或密钥经过您的手，不能由您批准。请别的审批人批准，"
    "或者请另一个管理员确认提出人的账号，再由提出人重新提出。(who decides had a hand in the access of who asks)",
    Tie.BOTH: "您和提出人的账号、密码、权限或密钥都经过同一个人的手，不能算两个人。请别的审批人批准，"
    "或者请另一个管理员先在“人员与密钥”里确认您的账号。(one person had a hand in the access of both)",
}


class OneHand(Forbidden):
    """Two names that may be one person."""

    def __init__(self, tie: Tie) -> None:
        super().__init__(_TOLD[tie])
        self.tie = tie


class NotTheirs(Forbidden):
    """Who confirms is the person, had a hand in it, or may be somebody who had."""

    def __init__(self) -> None:
        super().__init__(
            "不能由本人确认，也不能由经手的人、或者账号和他们有牵连的人确认。请另一个管理员确认，"
            "或者在服务器上用 heyan people confirm。(another admin has to confirm)"
        )


class KnownToOthers(RequestConflict):
    """Somebody else still knows the person's password, or holds a key of theirs."""


async def require_two(
    connection: AsyncConnection, asking: str, deciding: str, since: datetime, same: Exception | None = None
) -> None:
    """Raises OneHand where these may be one person, `same` where they plainly are: see `tie_between`."""
    if (tie := await tie_between(connection, asking, deciding, since)) is not None:
        raise same if same is not None and tie is Tie.SAME else OneHand(tie)


async def tie_between(connection: AsyncConnection, asking: str, deciding: str, since: datetime) -> Tie | None:
    """Why who asked at `since` and who decides now may be one person; None for two.

    Whoever had a hand in the access of both could be both. That is not held against an admin who never was anything
    but admin or auditor and is neither of the two: somebody has to make the accounts of those who work.
    """
    if is_same_person(asking, deciding):
        return Tie.SAME
    asked, decides = await _hands(connection, asking, since), await _hands(connection, deciding, None)
    if plain_name(asking) in decides:
        return Tie.DECIDING
    if plain_name(deciding) in asked:
        return Tie.ASKING
    return Tie.BOTH if any(asked[hand] or decides[hand] for hand in asked.keys() & decides.keys()) else None


async def record(connection: AsyncConnection, person: str, by: str) -> None:
    """`by` had a hand in this person's access, and so had who could act as `by`; under the lock of the trail."""
    if by == OPERATOR or is_same_person(by, person):
        return
    own = [row for row in await _rows(connection, by) if row["until"] is None]
    hands = {row["hand"]: row["works"] for row in own} | {by: await _works(connection, by)}
    known = {row["hand"]: row for row in await _rows(connection, person)}
    for hand, works in hands.items():
        if is_same_person(hand, person):
            continue
        if (before := known.get(hand)) is None:
            await connection.execute(insert(grants).values(person=person, hand=hand, works=works))
        else:
            here = (grants.c.person == before["person"]) & (grants.c.hand == hand)
            await connection.execute(update(grants).where(here).values(works=works or before["works"], until=None))


async def is_seen_by_others(connection: AsyncConnection, person: str, by: str) -> bool:
    """Whether what `by` makes for this person is known to anybody but the person: also to who could act as them."""
    if by == OPERATOR or not is_same_person(by, person):
        return by != OPERATOR
    return any(row["until"] is None for row in await _rows(connection, person))


class Grants:
    """The grants of one store that nobody else confirmed yet."""

    def __init__(self, store: Store, now: Now = utc_now) -> None:
        self._store = store
        self._now = now

    async def tie(self, asking: str, deciding: str, since: datetime) -> Tie | None:
        """See `tie_between`."""
        async with self._store.reading() as connection:
            return await tie_between(connection, asking, deciding, since)

    async def unconfirmed(self) -> Mapping[str, tuple[str, ...]]:
        """Whose access went through whose hands."""
        query = select(grants).where(grants.c.until.is_(None)).order_by(grants.c.person, grants.c.hand)
        found: dict[str, tuple[str, ...]] = {}
        async with self._store.reading() as connection:
            for row in (await connection.execute(query)).mappings():
                found[row["person"]] = (*found.get(row["person"], ()), row["hand"])
        return found

    async def confirm(self, name: str, *, by: str = OPERATOR) -> None:
        """Vouch that this person is one of their own, and that nobody else can act as them; from now on.

        Raises:
            UnknownPerson: if nobody of this name has an account.
            NotTheirs: if `by` is none who can say so.
            KnownToOthers: if somebody else chose the password, or made a key that is still good.
        """
        async with self._store.writing() as connection:
            await lock(connection)
            now = self._now()
            query = select(people).where(people.c.name == name)
            row = (await connection.execute(query)).mappings().one_or_none() if is_person_name(name) else None
            if row is None:
                raise UnknownPerson(name)
            hands = sorted(one["hand"] for one in await _rows(connection, name) if one["until"] is None)
            if not hands:
                return
            for each in () if by == OPERATOR else (name, *hands):
                if await tie_between(connection, each, by, now) is not None:
                    raise NotTheirs
            await _require_own(connection, row, now)
            confirmed = update(grants).where(grants.c.person == name, grants.c.until.is_(None))
            await connection.execute(confirmed.values(until=now))
            await append(connection, by, "person.confirmed", name, {"hands": hands})


async def _require_own(connection: AsyncConnection, person: RowMapping, now: datetime) -> None:
    """Raises KnownToOthers where somebody else can come in as this person."""
    if person["password_by"] is not None:
        told = "这个人的密码是别人设的。请本人登录，在“我的账号”里改一次密码，再来确认。"
        raise KnownToOthers(f"{told}(somebody else chose the password)")
    acts_for = func.coalesce(api_keys.c.person, api_keys.c.name)
    made = KEYS.where(acts_for == person["name"], api_keys.c.made_by.is_not(None))
    if any(state_of(key, now) is KeyState.ACTIVE for key in (await connection.execute(made)).mappings()):
        told = "有代表这个人的密钥是别人建的，建的人看过密钥。请先吊销，再来确认。"
        raise KnownToOthers(f"{told}(somebody else made a key of theirs, revoke it first)")


async def _rows(connection: AsyncConnection, person: str, since: datetime | None = None) -> list[RowMapping]:
    """What was granted to a person, however the name is written; `since`: and not confirmed before."""
    query = select(grants)
    if since is not None:
        query = query.where(or_(grants.c.until.is_(None), grants.c.until >= since))
    return [row for row in (await connection.execute(query)).mappings() if is_same_person(row["person"], person)]


async def _hands(connection: AsyncConnection, person: str, since: datetime | None) -> dict[str, bool]:
    """The hands in force now, or at any time since; whether each one's person worked on rules."""
    found: dict[str, bool] = {}
    for row in await _rows(connection, person, since):
        if since is not None or row["until"] is None:
            hand = plain_name(row["hand"])
            found[hand] = row["works"] or found.get(hand, False)
    return found


async def _works(connection: AsyncConnection, person: str) -> bool:
    """Whether this person was ever more than admin and auditor; roles that were given back count too."""
    held = set(await connection.scalar(select(people.c.roles).where(people.c.name == person)) or ())
    for key in (await connection.execute(select(api_keys))).mappings():
        if is_same_person(key["person"] or key["name"], person):
            held |= set(key["roles"])
    told = select(audit_trail.c.details).where(
        audit_trail.c.subject == person, audit_trail.c.event.in_(("person.created", "person.roles_changed"))
    )
    for details in map(json.loads, await connection.scalars(told)):
        held |= {role for name in ("roles", "from", "to") for role in details.get(name, ())}
    return not held <= _ADMINISTERS
