"""What does an officer work with in a browser?"""

__all__ = ["site"]
