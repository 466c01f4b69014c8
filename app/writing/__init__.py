"""Who writes the body of a script, and from which prompt?"""

__all__ = [
    "embedded",
    "full_prompt",
    "heldout",
    "lines",
    "model",
    "pool",
    "prompt",
    "sampling",
    "servers",
    "weights",
]
