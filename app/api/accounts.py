"""What requests and answers about keys and people hold, with an example of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, SecretStr
from typing_extensions import TypeAliasType

from app.api.answers import Told
from app.records import Key, KeyState, NotTheirs, Person, PersonState, Role
from app.records.names import LONGEST_NAME, is_name, is_person_name
from app.requests import Exact, Moment


def _key_name(name: str) -> str:
    if not is_name(name):
        raise ValueError("a name is printable, without spaces around it")
    return name


def _person_name(name: str) -> str:
    if not is_person_name(name):
        raise ValueError("a person's name is printable, without spaces around it and slashes, and not reserved")
    return name


KeyRole = TypeAliasType("KeyRole", Literal["caller", "editor", "approver", "auditor", "admin"])
"""The values of `app.roles.Role`, which cannot be named `Role` beside that of a callee."""
Roles = Annotated[list[KeyRole], Field(min_length=1, max_length=len(Role))]
_Text = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
KeyName = Annotated[_Text, AfterValidator(_key_name)]
PersonName = Annotated[_Text, AfterValidator(_person_name)]


class KeyRequest(Exact):
    """A new key. It acts for `person`, or for its own name; without `expires_at` it is good until it is revoked.

    Where that person has an account, the key may no more than the person.
    """

    name: KeyName
    roles: Roles
    person: KeyName | None = None
    expires_at: Moment | None = None


class PersonRequest(Exact):
    """A new person. A password has 12 characters or more; it is not the name, nor one that everybody tries first."""

    name: PersonName
    roles: Roles
    password: Annotated[SecretStr, Field(max_length=1024)]


class KeyAnswer(Told):
    """A key without its secret, which is not kept. `last_used_at` may be a minute late.

    `roles` are what it may do now; `withheld` what it was made for besides, and its person may not do.
    """

    id: str = Field(examples=["5f0c1d9a7be24368"])
    name: str
    person: str
    roles: list[KeyRole]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    state: KeyState
    withheld: list[KeyRole]

    @classmethod
    def of(cls, key: Key, **more: str) -> Self:
        """What is told of a key."""
        return cls(
            id=key.id,
            name=key.name,
            person=key.person,
            roles=[role.value for role in sorted(key.roles)],
            created_at=key.created_at,
            expires_at=key.expires_at,
            last_used_at=key.last_used_at,
            revoked_at=key.revoked_at,
            state=key.state,
            withheld=[role.value for role in sorted(key.withheld)],
            **more,
        )


class NewKeyAnswer(KeyAnswer):
    """The key that was made, with its secret: this once."""

    secret: str


class KeysAnswer(Told):
    """All keys, oldest first."""

    items: list[KeyAnswer]


class PersonAnswer(Told):
    """A person; who is `locked` gave wrong passwords and may try again at `locked_until`.

    `hands`: who could act as this person until another admin confirms it.
    """

    name: str
    roles: list[KeyRole]
    created_at: datetime
    last_login: datetime | None
    locked_until: datetime | None
    disabled_at: datetime | None
    state: PersonState
    hands: list[str]

    @classmethod
    def of(cls, person: Person, hands: Sequence[str]) -> Self:
        """What is told of a person."""
        return cls(
            name=person.name,
            roles=[role.value for role in sorted(person.roles)],
            created_at=person.created_at,
            last_login=person.last_login,
            locked_until=person.locked_until,
            disabled_at=person.disabled_at,
            state=person.state,
            hands=list(hands),
        )


class PeopleAnswer(Told):
    """Everybody who has a password, oldest first."""

    items: list[PersonAnswer]


ACCOUNT_REQUESTS: tuple[type[BaseModel], ...] = (KeyRequest, PersonRequest)
ACCOUNT_ANSWERS: tuple[type[BaseModel], ...] = (KeyAnswer, NewKeyAnswer, KeysAnswer, PersonAnswer, PeopleAnswer)

_KEY: dict[str, Any] = {
    "id": "5f0c1d9a7be24368",
    "name": "dialogue-engine",
    "person": "dialogue-engine",
    "roles": ["caller"],
    "created_at": "2026-11-22T02:05:00Z",
    "expires_at": "2099-12-31T16:00:00Z",
    "last_used_at": None,
    "revoked_at": None,
    "state": "active",
    "withheld": [],
}
_PERSON: dict[str, Any] = {
    "name": "李合规",
    "roles": ["approver", "editor"],
    "created_at": "2026-11-22T02:05:00Z",
    "last_login": None,
    "locked_until": None,
    "disabled_at": None,
    "state": "active",
    "hands": ["王管理"],
}
KEY_REQUESTS: dict[str, Any] = {
    "of_a_program": {"name": "dialogue-engine", "roles": ["caller"], "expires_at": "2100-01-01T00:00:00+08:00"},
    "of_a_person": {"name": "console of 李合规", "roles": ["editor", "approver"], "person": "李合规"},
}
PERSON_REQUESTS: dict[str, Any] = {
    "an_officer": {"name": "李合规", "roles": ["editor", "approver"], "password": "九月里的风筝飞过两座桥头"}
}
_SHOWN: dict[str, dict[str, Any]] = {
    "KeyRequest": KEY_REQUESTS,
    "PersonRequest": PERSON_REQUESTS,
    "KeyAnswer": {"revoked": {**_KEY, "revoked_at": "2026-11-23T02:05:00Z", "state": "revoked"}},
    "NewKeyAnswer": {"of_a_program": {**_KEY, "secret": f"hy_{_KEY['id']}_{'x' * 43}"}},
    "KeysAnswer": {"one": {"items": [_KEY]}},
    "PersonAnswer": {"an_officer": _PERSON},
    "PeopleAnswer": {"one": {"items": [_PERSON]}},
    "ErrorAnswer": {
        name: {"error": name, "detail": detail, "fields": []}
        for name, detail in (
            ("KeyNameTaken", "a key of this name exists, or existed"),
            ("PersonNameTaken", "there is a person of this name"),
            ("LastAdmin", "this is the last active admin: nobody could administer any more"),
            ("NotTheirs", NotTheirs().detail),
            (
                "KnownToOthers",
                "这个人的密码是别人设的。请本人登录改一次密码，再来确认。(somebody else chose the password)",
            ),
            ("UnknownKey", "there is no such key"),
            ("UnknownPerson", "there is no such person"),
        )
    },
}


def account_examples() -> dict[str, Any]:
    """Every example by the name of its schema and its own."""
    return {f"{schema}.{name}": {"value": value} for schema, values in _SHOWN.items() for name, value in values.items()}
