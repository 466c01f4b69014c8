"""How did the tables of the store become what they are?"""

__all__: list[str] = []
