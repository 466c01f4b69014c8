"""How is a model kept to approved lines while it decodes?"""

__all__ = ["bodies", "grammar", "library", "orders", "sequence", "tokens"]
