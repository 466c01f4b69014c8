"""What would the service say, and what would the rules say of a text?"""

from app.console.trying.routes import router

__all__ = ["router"]
