"""What does a sentence say, as a vector, and who works that out without making a call wait?"""

__all__ = ["breaker", "embedded", "listener", "memory", "opening", "served"]
