"""What does a live call need said next? Understands what was said, knows where the call stands, and chooses the words."""

__all__ = ["book", "desk", "request", "understanding"]
