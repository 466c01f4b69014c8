"""What was answered, and why?"""

from app.console.decisions.routes import router

__all__ = ["router"]
