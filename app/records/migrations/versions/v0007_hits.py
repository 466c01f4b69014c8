"""Which rules found something in which decision."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

_AT_ONCE = 1_000
_DECISIONS = sa.table(
    "decisions",
    sa.column("script_id", sa.Text()),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("findings", sa.JSON()),
    sa.column("rejected", sa.JSON()),
)


def upgrade() -> None:
    """Create the table, and fill it from what was recorded."""
    table = op.create_table(
        "rule_hits",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("script_id", sa.Text(), nullable=False),
        sa.Column("is_said", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("rule", "script_id", "is_said", name="pk_rule_hits"),
    )
    op.create_index("ix_rule_hits_at_rule", "rule_hits", ["at", "rule"])
    op.create_index("ix_rule_hits_script_id", "rule_hits", ["script_id"])
    op.create_index("ix_decisions_created_at_source_action", "decisions", ["created_at", "source", "action"])
    connection, last = op.get_bind(), ""
    while True:
        query = sa.select(_DECISIONS).where(_DECISIONS.c.script_id > last).order_by(_DECISIONS.c.script_id)
        rows = connection.execute(query.limit(_AT_ONCE)).mappings().all()
        if hits := [hit for row in rows for hit in _hits(row)]:
            connection.execute(sa.insert(table), hits)
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1]["script_id"]


def downgrade() -> None:
    """Drop it: all of it stands in the decisions."""
    op.drop_index("ix_decisions_created_at_source_action", "decisions")
    op.drop_table("rule_hits")


def _hits(row: Any) -> Iterator[dict[str, Any]]:
    for column, is_said in (("findings", True), ("rejected", False)):
        rules = (finding.get("rule") for finding in row[column] or ())
        for rule in sorted({rule for rule in rules if isinstance(rule, str)}):
            yield {"rule": rule, "script_id": row["script_id"], "is_said": is_said, "at": row["created_at"]}
