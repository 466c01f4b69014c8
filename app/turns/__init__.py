"""What does a live call need said next? What was heard is understood, the call's standing known, the words chosen."""

__all__ = ["book", "cases", "desk", "reception", "request", "understanding"]
