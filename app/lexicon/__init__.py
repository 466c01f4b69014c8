"""How does a rule change, who is told what is wrong with the change, and what would it do?"""

__all__ = [
    "changes",
    "conflicts",
    "differences",
    "drafts",
    "files",
    "judging",
    "lifecycle",
    "lint",
    "problems",
    "refused",
    "register",
    "sheets",
    "shelf",
    "tightening",
    "transfer",
    "uploads",
]
