"""What may be said, and what was approved before any request arrived?"""

__all__ = ["agreement", "brief", "events", "facts", "replies", "skeleton", "spoken", "vocabulary", "wording"]
