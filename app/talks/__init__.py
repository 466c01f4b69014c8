"""How does a person play the customer of a live call, and what is he shown of each turn?"""

__all__ = ["cases", "conversation", "notes", "words"]
