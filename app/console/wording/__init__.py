"""What may be said, where, and how is it changed or stopped at once?"""

from app.console.wording.routes import router

__all__ = ["router"]
