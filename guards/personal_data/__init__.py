"""Which personal data does a text give away, and what is said instead?"""

__all__ = ["guard", "masking", "people", "presidio"]
