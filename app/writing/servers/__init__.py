"""How do models behind HTTP write, several servers at once, with adapters?"""

__all__ = ["adapters", "extensions", "fleet", "model"]
