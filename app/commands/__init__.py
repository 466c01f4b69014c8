"""What does each command of the command line do, beyond serving, writing and reviewing?"""

__all__ = ["audit", "contacts", "keys", "stores", "verdict"]
