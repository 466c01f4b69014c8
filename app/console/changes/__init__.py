"""What is asked for, what would it do, and who decides on it?"""

from app.console.changes.routes import router

__all__ = ["router"]
