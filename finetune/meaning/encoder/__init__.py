"""How does the second opinion come to know what a sentence means? A small sentence encoder learns the trade."""

__all__ = ["base", "making", "reporting"]
