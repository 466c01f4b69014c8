"""Which hand-written lines is the shipped model taught, and how do they become bodies?"""

__all__ = ["composer", "coverage", "reader"]
