"""How does a rule change, who is told what is wrong with the change, and what would it do?"""

__all__ = [
    "altered",
    "approved",
    "changes",
    "differences",
    "drafts",
    "files",
    "history",
    "impact",
    "judging",
    "lint",
    "marks",
    "problems",
    "recorded",
    "replay",
    "sheets",
    "stops",
    "uploads",
]
