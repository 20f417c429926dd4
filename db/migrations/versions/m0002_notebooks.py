"""Notebooks, their cells, pins and pictures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "notebook_owners",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("current", sa.String(22), nullable=True),
        sa.Column("recovery", sa.String(64), nullable=True),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notebook_owners"),
        sa.UniqueConstraint("recovery", name="uq_notebook_owners_recovery"),
    )
    op.create_table(
        "notebook_pictures",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_notebook_pictures"),
    )
    op.create_index("ix_notebook_pictures_size", "notebook_pictures", ["size"])
    op.create_table(
        "notebook_browsers",
        sa.Column("browser", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(22), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner"], ["notebook_owners.id"], name="fk_notebook_browsers_owner", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("browser", name="pk_notebook_browsers"),
    )
    op.create_index("ix_notebook_browsers_owner", "notebook_browsers", ["owner"])
    op.create_table(
        "notebooks",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("owner", sa.String(22), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("forgot", sa.Integer(), nullable=False),
        sa.Column("fills", sa.Boolean(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["notebook_owners.id"], name="fk_notebooks_owner", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_notebooks"),
    )
    op.create_index("ix_notebooks_deleted", "notebooks", ["deleted"])
    op.create_index("ix_notebooks_offered", "notebooks", ["offered"])
    op.create_index("ix_notebooks_opened", "notebooks", ["opened"])
    op.create_index("ix_notebooks_owner", "notebooks", ["owner"])
    op.create_table(
        "notebook_cells",
        sa.Column("notebook", sa.String(22), nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("pin", sa.String(40), nullable=True),
        sa.Column("picture", sa.String(64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("history", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["notebook"], ["notebooks.id"], name="fk_notebook_cells_notebook", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("notebook", "id", name="pk_notebook_cells"),
    )
    op.create_index("ix_notebook_cells_notebook_pin", "notebook_cells", ["notebook", "pin"])
    op.create_index("ix_notebook_cells_notebook_revision", "notebook_cells", ["notebook", "revision"])
    op.create_index("ix_notebook_cells_size", "notebook_cells", ["size"])
    op.create_table(
        "notebook_pins",
        sa.Column("notebook", sa.String(22), nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("loose", sa.BigInteger(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(10), nullable=False),
        sa.Column("picture", sa.String(64), nullable=True),
        sa.Column("small", sa.String(64), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("written", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["notebook"], ["notebooks.id"], name="fk_notebook_pins_notebook", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["picture"], ["notebook_pictures.hash"], name="fk_notebook_pins_picture"),
        sa.ForeignKeyConstraint(["small"], ["notebook_pictures.hash"], name="fk_notebook_pins_small"),
        sa.PrimaryKeyConstraint("notebook", "id", name="pk_notebook_pins"),
    )
    op.create_index("ix_notebook_pins_id", "notebook_pins", ["id"])
    op.create_index("ix_notebook_pins_loose", "notebook_pins", ["loose"])
    op.create_index("ix_notebook_pins_picture", "notebook_pins", ["picture"])
    op.create_index("ix_notebook_pins_size", "notebook_pins", ["size"])
    op.create_index("ix_notebook_pins_small", "notebook_pins", ["small"])
    op.create_table(
        "notebook_uploads",
        sa.Column("notebook", sa.String(22), nullable=False),
        sa.Column("picture", sa.String(64), nullable=False),
        sa.Column("loose", sa.BigInteger(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notebook"], ["notebooks.id"], name="fk_notebook_uploads_notebook", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["picture"], ["notebook_pictures.hash"], name="fk_notebook_uploads_picture"),
        sa.PrimaryKeyConstraint("notebook", "picture", name="pk_notebook_uploads"),
    )
    op.create_index("ix_notebook_uploads_loose", "notebook_uploads", ["loose"])
    op.create_index("ix_notebook_uploads_picture", "notebook_uploads", ["picture"])
