"""A run as a recording: its settings and the edits made while it trained, which give every epoch again."""
