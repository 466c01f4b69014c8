"""What does a sentence sound like that no phrase names? A second opinion: a model over characters, and over vectors."""

__all__ = ["encoder", "features", "guard", "head", "kinds", "reading", "vocabulary", "weights"]
