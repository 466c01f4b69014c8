"""The steps. A published one never changes; a new one is a new file that names its predecessor."""
