"""Presidio is imported without what it loads for engines that are not in use, and nobody else notices."""

import builtins
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

from guards.personal_data.lean_imports import lean_imports

ROOT = Path(__file__).parents[3]
_HEAVY = ("torch", "transformers", "spacy", "thinc", "requests", "phonenumbers", "tldextract")
_SERVICE = ("fastapi", "httpx", "sqlalchemy")


def run(program: str) -> str:
    """What a program prints in a fresh interpreter; warnings are errors."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def loaded(program: str) -> set[str]:
    """The top-level packages that are loaded after a program."""
    return set(run(f"{program}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})").split())


def test_the_guards_load_no_torch_no_language_model_no_server_and_no_store() -> None:
    assert not loaded("import guards.policy, guards.stream") & {*_HEAVY, *_SERVICE}


@pytest.mark.parametrize("module", ["guards.personal_data.masking", "guards.personal_data.presidio"])
def test_each_module_that_uses_presidio_is_as_lean_alone(module: str) -> None:
    assert not loaded(f"import {module}") & set(_HEAVY)


def test_what_is_hidden_from_presidio_can_be_imported_afterwards() -> None:
    told = run(
        "import guards.policy\n"
        "import spacy, torch, transformers\n"
        "print(spacy.blank('zh').vocab.lang, torch.ones(2).sum().item(), transformers.Qwen3Config().model_type)"
    )
    assert told == "zh 2.0 qwen3"


def test_what_was_loaded_before_stays_as_it_was() -> None:
    told = run(
        "import sys, torch\n"
        "from spacy.tokens import Doc\n"
        "before = sys.modules['torch'], sys.modules['spacy']\n"
        "import guards.policy\n"
        "from spacy.tokens import Doc as again\n"
        "print(before == (sys.modules['torch'], sys.modules['spacy']), Doc is again)"
    )
    assert told == "True True"


def test_personal_data_are_found_by_presidio_all_the_same() -> None:
    told = run(
        "from guards.personal_data.presidio import Recognisers\n"
        "print([hit.entity_type for hit in Recognisers()('打13812345678')])"
    )
    assert told == "['mobile']"


def test_the_import_statement_is_given_back_even_after_an_error() -> None:
    before = builtins.__import__
    with pytest.raises(ModuleNotFoundError, match="no_such_module"), lean_imports():
        import no_such_module  # type: ignore[import-not-found]  # noqa: F401
    assert builtins.__import__ is before


def test_who_wraps_the_import_statement_meanwhile_keeps_it() -> None:
    before = builtins.__import__
    try:
        with lean_imports():
            builtins.__import__ = mine = partial(builtins.__import__)
        assert builtins.__import__ is mine
        import colorsys

        assert colorsys.__name__ == "colorsys"
    finally:
        builtins.__import__ = before


def test_other_modules_import_the_hidden_libraries_meanwhile() -> None:
    """In this thread and in another: only import statements inside Presidio are answered otherwise."""
    found: list[str] = []

    def elsewhere() -> None:
        import torch

        found.append(torch.__name__)

    with lean_imports():
        import torch

        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        assert torch.ones(1).item() == 1.0
    assert found == ["torch"]


@pytest.mark.parametrize("name", ["torch", "torch.cuda", "transformers"])
def test_presidio_is_told_that_a_library_is_absent(name: str) -> None:
    with lean_imports(), pytest.raises(ModuleNotFoundError, match="hidden"):
        exec(f"import {name}", {"__name__": "presidio_analyzer.nlp_engine.any"})  # noqa: S102


def test_a_stand_in_can_be_all_that_presidio_makes_of_it() -> None:
    program = (
        "import spacy\n"
        "from spacy.language import Language\n"
        "from spacy.tokens import Doc\n"
        "@Language.factory('pipe', default={})\n"
        "def pipe(): return 'unchanged'\n"
        "class Own(Doc): pass\n"
        "made = [Own('any', words=[]), Doc(), spacy.anything]\n"
    )
    names = {"__name__": "presidio_analyzer.any"}
    with lean_imports():
        exec(program, names)  # noqa: S102
    assert names["pipe"]() == "unchanged"  # type: ignore[operator]


def test_what_stands_for_a_library_has_every_name_but_those_of_the_language() -> None:
    program = """
from guards.personal_data.lean_imports import lean_imports
names = {"__name__": "presidio_analyzer.of_this_test"}
with lean_imports():
    exec("import spacy", names)
spacy = names["spacy"]
language = spacy.language.Language
print(language is spacy.anything, language()(len) is len)
print(hasattr(spacy, "__wrapped__"), hasattr(language, "__wrapped__"))
"""
    assert run(program).split() == ["True", "True", "False", "False"]
