"""Is every number of a text held by a verified fact, and is every rate spoken as the law asks?"""

__all__ = ["guard", "naming", "rates"]
