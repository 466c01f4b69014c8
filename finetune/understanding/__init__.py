"""How does the service learn what customers mean? Reads utterances, trains the model of live turns, measures it."""

__all__ = ["corpus", "measuring", "training"]
