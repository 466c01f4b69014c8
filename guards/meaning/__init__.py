"""What does a sentence sound like that no phrase names? A second opinion: a small linear model over characters."""

__all__ = ["features", "guard", "kinds", "reading", "vocabulary", "weights"]
