"""Adapters on disk: read, compared with their base, described and exported for serving."""
