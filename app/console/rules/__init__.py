"""What may not be said, and how does an officer change that in a form?"""

from app.console.rules.routes import router

__all__ = ["router"]
