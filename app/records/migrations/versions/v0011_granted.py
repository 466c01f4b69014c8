"""Whose hands a person's access went through, taken for what was granted before from the audit trail."""

import json
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0010"
branch_labels: str | None = None
depends_on: str | None = None

_PASSWORDS = ("person.created", "person.password_changed")
_EVENTS = (*_PASSWORDS, "person.roles_changed", "person.enabled", "key.created")
_NOBODY = frozenset({"operator", "service"})
_ADMINISTERS = frozenset({"admin", "auditor"})
_TRAIL = sa.table("audit_trail", *map(sa.column, ("number", "person", "event", "subject", "details")))
_PEOPLE = sa.table("people", sa.column("name"), sa.column("password_by"))
_KEYS = sa.table("api_keys", sa.column("name"), sa.column("made_by"))


def upgrade() -> None:
    """Create the table and the columns, and fill them from the trail."""
    table = op.create_table(
        "grants",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("hand", sa.Text(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("person", "hand", name="pk_grants"),
    )
    op.add_column("people", sa.Column("password_by", sa.Text()))
    op.add_column("api_keys", sa.Column("made_by", sa.Text()))
    connection, before = op.get_bind(), _Before()
    query = sa.select(_TRAIL).where(_TRAIL.c.event.in_(_EVENTS)).order_by(_TRAIL.c.number)
    for row in connection.execute(query).mappings():
        before.follow(row["person"], row["event"], row["subject"], json.loads(row["details"]))
    if rows := before.rows():
        connection.execute(sa.insert(table), rows)
    for name, by in before.password_by.items():
        connection.execute(sa.update(_PEOPLE).where(_PEOPLE.c.name == name).values(password_by=by))
    for name, by in before.made_by.items():
        connection.execute(sa.update(_KEYS).where(_KEYS.c.name == name).values(made_by=by))


def downgrade() -> None:
    """Drop them: all of it but who confirmed stands in the trail."""
    op.drop_column("api_keys", "made_by")
    op.drop_column("people", "password_by")
    op.drop_table("grants")


class _Before:
    """What the trail tells of grants, row by row."""

    def __init__(self) -> None:
        self.password_by: dict[str, str | None] = {}
        self.made_by: dict[str, str] = {}
        self._held: dict[str, set[str]] = defaultdict(set)
        self._hands: dict[str, dict[str, bool]] = defaultdict(dict)

    def follow(self, by: str, event: str, subject: str, details: dict[str, Any]) -> None:
        """What one row granted."""
        person = details.get("person", subject)
        is_other = by not in _NOBODY and by != person
        for name in ("roles", "from", "to"):
            self._held[person].update(details.get(name, ()))
        if event in _PASSWORDS:
            self.password_by[person] = by if is_other else None
        if not is_other or (event == "person.roles_changed" and set(details["to"]) <= set(details["from"])):
            return
        if event == "key.created":
            self.made_by[subject] = by
        hands = self._hands[by] | {by: not self._held[by] <= _ADMINISTERS}
        for hand, works in hands.items():
            if hand != person:
                self._hands[person][hand] = works or self._hands[person].get(hand, False)

    def rows(self) -> list[dict[str, Any]]:
        """The rows of the table."""
        return [
            {"person": person, "hand": hand, "works": works}
            for person, hands in self._hands.items()
            for hand, works in hands.items()
        ]
