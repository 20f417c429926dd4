"""A run to take home: as code that trains it again without Playlab."""
