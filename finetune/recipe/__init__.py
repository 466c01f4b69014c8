"""What does a recipe of an adapter say, and what is wrong with this one?"""

__all__ = ["names", "reader", "schema"]
