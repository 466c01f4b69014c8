"""What has the second opinion of the guards learnt, and how does it do on lines that it never saw?"""

__all__ = ["encoder", "lessons", "measuring", "training"]
