"""What people made, in SQLite or PostgreSQL: connections, the base of all tables, migrations. No Flask, no tables of
its own: a table is declared by the module that stores in it, on `db.base.Base`.
"""
