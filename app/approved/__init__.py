"""What may be said, and what was approved before any request arrived?"""

__all__ = [
    "agreement",
    "brief",
    "events",
    "facts",
    "hints",
    "holds",
    "replies",
    "skeleton",
    "slot_names",
    "spoken",
    "vocabulary",
    "wording",
]
