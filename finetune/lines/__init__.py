"""Which hand-written bodies and lines are models taught, and how are they drawn?"""

__all__ = ["bodies", "composer", "coverage", "reader"]
