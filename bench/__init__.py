"""Speeds, each printed beside its yardstick in the same run."""
