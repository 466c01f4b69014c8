"""The Heyan service: from customer tags to words that may be said."""
