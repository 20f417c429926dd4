"""Everybody's Playgrounds on one server: sessions, the worker processes that train them, and what is said between."""
