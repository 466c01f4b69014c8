"""What may be taught?"""

__all__ = ["briefs", "gate", "judge"]
