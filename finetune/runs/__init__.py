"""What was trained from what, and where does a broken-off training go on?"""

__all__ = ["checkpoint", "run"]
