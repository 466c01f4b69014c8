"""Does the service still answer every case as it should, and how well does its model write?"""

__all__ = ["callers", "run", "subjects"]
