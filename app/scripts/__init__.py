"""How does one request become one script, from intake to the recorded answer?"""

__all__ = ["answer", "candidate", "desk", "intake", "proof", "reception", "stitch", "warm_up"]
