"""How fast is it, beside a yardstick that was measured in the same run?"""

__all__: list[str] = []
