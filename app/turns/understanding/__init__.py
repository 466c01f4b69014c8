"""What did the customer mean? Intents, an emotion, and what was promised, out of one utterance."""

__all__ = ["features", "heard", "linear"]
