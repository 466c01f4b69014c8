"""Import Presidio without the machine learning libraries that it loads for engines which Heyan does not use.

`import presidio_analyzer` loads spaCy, and torch and transformers where they are installed, for recognisers and
language engines that nothing here asks for: seconds of CPU time and hundreds of megabytes. Inside `lean_imports` the
import statements in Presidio's own modules find these libraries absent, or a stand-in where Presidio cannot do without
the name. Nothing else is touched: import statements in all other modules, of all threads, mean what they always mean,
`sys.modules` never holds a stand-in, and whoever wants spaCy or torch imports it before, meanwhile or afterwards. Only
Presidio's own language engines, ready-made recognisers and configuration files cannot be used in such a process.
"""

import builtins
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

_ABSENT = ("azure", "langextract", "openai", "stanza", "torch", "transformers")
"""Presidio asks for these in a `try`, and does without them."""

_REPLACED = ("presidio_analyzer.input_validation", "presidio_analyzer.predefined_recognizers", "spacy", "thinc")
"""Presidio takes these for granted: as base classes, decorators and types of what is never called here."""

_LOCK = threading.Lock()


class _AnyName(type):
    """Gives a class every attribute, each of them the class itself."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return cls


class _Anything(metaclass=_AnyName):
    """Stands for any class or function of a library: can be a base class, be made of anything, and decorate."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __call__(self, decorated: Any) -> Any:
        return decorated


class _StandIn(ModuleType):
    """Stands for a library or a module of one."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything


@contextmanager
def lean_imports() -> Iterator[None]:
    """Keep what is imported inside, Presidio alone, from loading what Heyan does not use of it."""
    with _LOCK:
        real = builtins.__import__

        def lean(
            name: str,
            globals: Mapping[str, Any] | None = None,
            locals: Mapping[str, Any] | None = None,
            fromlist: Sequence[str] | None = (),
            level: int = 0,
        ) -> ModuleType:
            if level == 0 and _is_of_presidio(globals):
                if _is_among(_ABSENT, name):
                    raise ModuleNotFoundError(f"{name} is hidden from Presidio", name=name)
                if _is_among(_REPLACED, name):
                    return _StandIn(name)
            return real(name, globals, locals, fromlist, level)

        builtins.__import__ = lean
        try:
            yield
        finally:
            if builtins.__import__ is lean:  # else somebody has wrapped it meanwhile, and it does no harm
                builtins.__import__ = real


def _is_of_presidio(names: Mapping[str, Any] | None) -> bool:
    """Whether the import statement stands in a module of Presidio, by the module's names."""
    return names is not None and str(names.get("__name__")).startswith(("presidio_analyzer", "presidio_anonymizer"))


def _is_among(packages: Sequence[str], name: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)
