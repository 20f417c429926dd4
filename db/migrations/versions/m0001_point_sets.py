"""Point sets that somebody drew or read from a file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "point_sets",
        sa.Column("address", sa.String(39), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("giver", sa.String(16), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_point_sets"),
    )
    op.create_index("ix_point_sets_giver_created", "point_sets", ["giver", "created"])
    op.create_index("ix_point_sets_size", "point_sets", ["size"])
    op.create_index("ix_point_sets_used", "point_sets", ["used"])
