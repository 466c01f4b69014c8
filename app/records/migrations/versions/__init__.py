"""Which steps lead to the newest schema? A published one never changes; a new one names its predecessor."""

__all__: list[str] = []
