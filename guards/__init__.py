"""A small pure language about scripts: what may be said to whom, decided by rules that are data."""
