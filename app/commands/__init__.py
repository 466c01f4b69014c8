"""Which commands are there beside serving, writing and reviewing, one module a group?"""

__all__ = ["backups", "decisions", "evidence", "keys", "people", "stores"]
