"""What would the service say, in a script or turn by turn, and what would the rules say of a text?"""

from app.console.trying.routes import router

__all__ = ["router"]
