"""How does the service learn what customers mean? Reads utterances, trains the linear model of turns, and measures it."""

__all__ = ["corpus", "training"]
