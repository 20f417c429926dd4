"""A run to take home: as a script that trains it again, its network for other programs, its epochs as a table."""
