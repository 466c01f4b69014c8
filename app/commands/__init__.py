"""Which commands are there beside serving, writing and reviewing, one module a group?"""

__all__ = [
    "audit",
    "backups",
    "contacts",
    "decisions",
    "evidence",
    "keys",
    "lexicon",
    "people",
    "stores",
    "talk",
    "verdict",
    "wording",
]
