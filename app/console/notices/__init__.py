"""Where outside is told what, and did it arrive?"""

from app.console.notices.pages import router

__all__ = ["router"]
