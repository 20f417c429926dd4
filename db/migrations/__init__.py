"""The one place for migrations: `env.py` is what Alembic runs, `versions/` has a module each. See `db.migrate`."""
