"""How does an engine in Python ask a Heyan service, without loading anything of it?"""

from heyan.answers import Delivery, Finding, ReviewAnswer, ScriptAnswer, Segment, Verdict
from heyan.client import AsyncClient, Client
from heyan.errors import (
    Conflict,
    FieldProblem,
    Forbidden,
    HeyanError,
    Malformed,
    NotFound,
    Refused,
    ServerError,
    TimedOut,
    TooLarge,
    TooManyRequests,
    Unauthorised,
    Unreachable,
    Unreadable,
)
from heyan.orders import ReviewItem, Scene, ScriptOrder

__all__ = [
    "AsyncClient",
    "Client",
    "Conflict",
    "Delivery",
    "FieldProblem",
    "Finding",
    "Forbidden",
    "HeyanError",
    "Malformed",
    "NotFound",
    "Refused",
    "ReviewAnswer",
    "ReviewItem",
    "Scene",
    "ScriptAnswer",
    "ScriptOrder",
    "Segment",
    "ServerError",
    "TimedOut",
    "TooLarge",
    "TooManyRequests",
    "Unauthorised",
    "Unreachable",
    "Unreadable",
    "Verdict",
]
