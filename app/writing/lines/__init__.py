"""How is a model kept to approved lines while it decodes?"""

__all__ = ["grammar", "library", "sequence", "tokens"]
