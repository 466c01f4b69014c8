"""What was done, and by whom?"""

from app.console.trail.routes import router

__all__ = ["router"]
