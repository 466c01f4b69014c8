"""How does a rule change, who is told what is wrong with the change, and what would it do?"""

__all__ = [
    "activation",
    "changes",
    "checkout",
    "differences",
    "drafts",
    "files",
    "last_good",
    "lint",
    "problems",
    "sheets",
    "standing",
    "start",
    "uploads",
]
