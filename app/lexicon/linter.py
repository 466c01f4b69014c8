"""Lint that is remembered: a change is looked at when it is drafted, submitted and approved, mostly unchanged."""

import hashlib
import json
from collections import OrderedDict
from datetime import date

from app.lexicon.drafts import Change
from app.lexicon.lint import lint
from app.lexicon.problems import Problem
from app.lexicon.shelf import Edition
from guards.policy import Institution

_MOST = 8
"""Results that are kept."""


class Linter:
    """The lint of one process. May be asked by several threads at once."""

    def __init__(self, institution: Institution) -> None:
        self._institution = institution
        self._known: OrderedDict[tuple[str, date, str, bool], list[Problem]] = OrderedDict()

    def problems(self, edition: Edition, change: Change, since: date, *, is_judged: bool = True) -> list[Problem]:
        """See `app.lexicon.lint.lint`; equal rules, changes and days are looked at once."""
        text = json.dumps(change.as_json(), ensure_ascii=False, sort_keys=True).encode()
        key = edition.revision.sha256, since, hashlib.sha256(text).hexdigest()
        for known in ((*key, True), (*key, False)) if not is_judged else ((*key, True),):
            if known in self._known:
                return self._known[known]
        found = lint(edition.files, change, since=since, institution=self._institution, is_judged=is_judged)
        self._known[*key, is_judged] = found
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return found
