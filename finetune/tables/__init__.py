"""How are the tables and JSONL files that people write read?"""

__all__ = ["jsonl", "records"]
