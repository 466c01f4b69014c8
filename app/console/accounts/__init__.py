"""Who may come in, with which roles, and by which keys?"""

from app.console.accounts.routes import router

__all__ = ["router"]
