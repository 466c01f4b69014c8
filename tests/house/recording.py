"""Record what the service answers to a fixed set of requests, and tell two recordings apart.

`python -m tests.house.recording record FILE` before a change that callers must not see, the same again after it into
another file, then `python -m tests.house.recording compare BEFORE AFTER`. Requests go through the HTTP interface, so a
recording can be made of any version of the tree:

    python -m tests.house.recording record FILE --tree FOLDER

The set: every example of every rule, the honest corpus and the hand-written evasions, each judged in several scenes and
with each set of facts, and some of them by the panel itself, spoken otherwise than written; every case of the evals;
and script requests drawn from the vocabulary, each answered by the model and, with a model that fails, from approved
fallbacks.
"""

import argparse
import asyncio
import importlib
import json
import os
import random
import sys
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
_SCENES: tuple[dict[str, Any], ...] = (
    {},
    {"scenario": "acquisition", "channel": "ai_voice", "stage": "body"},
    {"scenario": "collection_m1", "channel": "ai_voice", "stage": "body"},
    {"scenario": "bill_reminder", "channel": "sms", "stage": "body"},
    {"scenario": "acquisition", "channel": "ai_voice"},
    {
        "scenario": "collection_m1",
        "stage": "verify",
        "callee": {"role": "unknown", "identity_verified": False},
        "pii": {"name": "张三丰", "mobile": "13812345678"},
    },
)
"""What a review may know beside the text; each text is judged in two thirds of them, always the same ones."""
_FACTS: dict[str, dict[str, Any]] = {
    "acquisition": {"product": "应急贷", "annual_rate": "3.6", "rate_method": "simple", "credit_limit": "200000"},
    "collection_m1": {"product": "应急贷", "amount_due": "1500", "due_date": "2026-11-09", "overdue_days": 11},
    "bill_reminder": {"product": "应急贷", "amount_due": "1500", "due_date": "2026-11-25", "min_payment": "150"},
}
"""By scenario: each text is judged with each."""
_ALOUD = str.maketrans("0123456789", "零一二三四五六七八九")
_HONEST = "您好，请问现在方便吗？"
_ONE_IN = 3
_DUE = {"collection_m1": ("2026-11-08", 12), "collection_m2": ("2026-10-10", 41)}
"""The day on which the debts of drawn requests were due, and for how long they are overdue on the day of the call."""
_ROLES = {"acquisition": "applicant", "activation": "applicant"}
_VOLATILE = frozenset({"script_id", "timing_ms", "policy_digest"})
"""What differs between two answers to the same request."""
_PATIENT = 30_000


def texts(root: Path) -> Iterator[tuple[str, str]]:
    """Texts to judge with a name for each: examples of rules, the honest corpus, evasions."""
    for file in sorted((root / "lexicons").glob("*.yaml")):
        for rule_id, examples in _examples(yaml.safe_load(file.read_text("utf-8"))):
            for kind in ("hits", "misses"):
                for number, text in enumerate(_flat(examples.get(kind, ()))):
                    yield f"{rule_id}.{kind}.{number}", text.replace("{institution}", "示例消费金融有限公司")
    for name in ("benign.txt", "benign_corpus.tsv", "evasions.tsv", "*_claims.txt", "*_negated.txt"):
        found = next((root / "tests").rglob(name), None)
        lines = found.read_text("utf-8").splitlines() if found else ()
        for number, line in enumerate(lines, 1):
            if line.strip() and not line.startswith("#"):
                yield f"{name.lstrip('*_')}:{number}", line.split("\t")[-1].replace("「", "").replace("」", "")


def _flat(examples: Sequence[Any]) -> Iterator[str]:
    """Texts that stand alone, and those of rules on numbers, which share their facts; requests are none."""
    for example in examples:
        if isinstance(example, str):
            yield example
        elif isinstance(example, Mapping):
            yield from example.get("texts", ())


def _is_drawn(name: str, number: int) -> bool:
    """One in three, by what it is called: whatever is added to the set draws no other."""
    return (zlib.crc32(name.encode()) + number) % _ONE_IN == 0


def _examples(node: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(node, Mapping):
        if isinstance(node.get("examples"), Mapping):
            yield str(node.get("id")), node["examples"]
        for child in node.values():
            yield from _examples(child)
    elif isinstance(node, list):
        for child in node:
            yield from _examples(child)


def reviews(root: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Review items by name."""
    for name, text in texts(root):
        for number, scene in enumerate(_SCENES):
            if not _is_drawn(name, number):
                yield f"review {name} scene {number}", {"text": text, **scene}
        for scenario, facts in _FACTS.items():
            yield f"review {name} {scenario}", {"text": text, "scenario": scenario, "facts": facts, "stage": "body"}
    for line in (root / "evals" / "cases" / "reviews.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        yield f"review {case['id']}", case["request"]


def spoken_otherwise(root: Path) -> Iterator[tuple[str, str, str]]:
    """Name, written and spoken form: figures read aloud, and violations that stand in one form only."""
    for name, text in texts(root):
        if _is_drawn(name, 0):
            yield f"panel {name} written", text, _HONEST
            yield f"panel {name} spoken", _HONEST, text
        if (aloud := text.translate(_ALOUD)) != text:
            yield f"panel {name} aloud", text, aloud


def examined(policy: Any, root: Path) -> Iterator[tuple[str, Any]]:
    """The panel's own verdicts on what is spoken otherwise than written: a review has one form only."""
    # By names that older trees have too: scripts had no module of their own.
    Script, Segment, Stage, Case = (  # noqa: N806
        getattr(importlib.import_module("guards.panel"), name) for name in ("Script", "Segment", "Stage", "Case")
    )
    for name, written, spoken in spoken_otherwise(root):
        verdict = policy.panel.examine(Script((Segment(Stage.BODY, written, spoken),)), Case(stage=Stage.BODY))
        found = [
            (each.rule, each.action.label, each.span and (each.span.start, each.span.end), each.replacement)
            for each in verdict.findings
        ]
        yield name, {"action": verdict.action.label, "findings": found}


def orders(root: Path, vocabulary: Mapping[str, Any], count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Script requests by name: the evals' cases, then `count` drawn from the vocabulary, always the same ones."""
    for file in ("scripts", "moments", "gates"):
        for line in (root / "evals" / "cases" / f"{file}.jsonl").read_text("utf-8").splitlines():
            case = json.loads(line)
            yield f"script {case['id']}", case["request"]
    chance = random.Random(20261128)
    facts = {fact["name"]: fact for fact in vocabulary["facts"]}
    scenarios = [scenario for scenario in vocabulary["scenarios"] if scenario["speaks"] == "script"]
    generations = [generation["id"] for generation in vocabulary["generations"]]
    for number in range(count):
        scenario = scenarios[number % len(scenarios)]
        tags = [tag["id"] for tag in vocabulary["tags"] if scenario["id"] in tag["scenarios"]]
        optional = [name for name in scenario["optional_facts"] if chance.random() < 0.5]
        chosen = {name: facts[name]["example"] for name in [*scenario["required_facts"], *optional]}
        yield (
            f"script drawn {number}",
            {
                "scenario": scenario["id"],
                "channel": chance.choices(["ai_voice", "human_agent", "sms"], [8, 1, 1])[0],
                "call_time": "2026-11-20T10:00:00+08:00",
                "callee": {
                    "role": _ROLES.get(scenario["id"], "debtor"),
                    "identity_verified": chance.random() < 0.9,
                },
                "customer": {
                    "generation": chance.choice(generations),
                    "tags": chance.sample(tags, chance.choice([0, 1, 1, 2, 2, 3])),
                    "surname": chance.choice(["张", "欧阳", None]),
                    "honorific": chance.choice(["先生", "女士", None]),
                    "is_student": False,
                    "marketing_consent": True,
                },
                "facts": _agreeing(chosen, scenario["id"], facts),
            },
        )


def _agreeing(chosen: dict[str, Any], scenario: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The chosen examples as they agree on the day of the calls, in so far as this tree knows them."""
    if "monthly_payment" in chosen and "principal" in facts and scenario in _ROLES:
        chosen |= {name: facts[name]["example"] for name in ("principal", "terms")}
    if "terms" not in chosen:
        chosen.pop("instalment_terms", None)
    chosen = {name: value for name, value in chosen.items() if name.removesuffix("_spoken") in chosen}
    due, overdue = _DUE.get(scenario, ("2026-11-25", None))
    days = {"due_date": due, "overdue_days": overdue, "campaign_end": "2026-11-30"}
    return {name: value for name, given in chosen.items() if (value := days.get(name, given)) is not None}


async def recorded(root: Path, count: int) -> AsyncIterator[tuple[str, Any]]:
    """Every answer of the tree at `root`, by the name of its request."""
    import httpx
    import torch

    from app.application import build_app
    from app.errors import ModelUnavailable
    from app.main import open_parts
    from app.settings import Settings

    class Failing:
        async def write(self, task: object) -> Any:
            raise ModelUnavailable("recorded without a model")

    for model in (None, Failing()):
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(data_dir=Path(folder), threads=1, log_level="error")
            async with open_parts(settings, model=model) as parts:
                transport = httpx.ASGITransport(build_app(parts))
                async with httpx.AsyncClient(transport=transport, base_url="http://heyan", timeout=600) as client:
                    if model is None:
                        items = list(reviews(root))
                        for start in range(0, len(items), 500):
                            batch = items[start : start + 500]
                            reply = await client.post("/v1/reviews", json={"items": [item for _, item in batch]})
                            for (name, _), answer in zip(batch, reply.raise_for_status().json()["items"], strict=True):
                                yield name, answer
                        for pair in examined(parts.policy.current, root):
                            yield pair
                    vocabulary = (await client.get("/v1/vocabulary")).json()
                    by = "model" if model is None else "fallback"
                    for number, (name, order) in enumerate(orders(root, vocabulary, count)):
                        torch.manual_seed(number)
                        body = {**order, "request_id": f"r-{number}", "options": {"deadline_ms": _PATIENT}}
                        reply = await client.post("/v1/scripts?explain=true", json=body)
                        yield f"{name} by {by}", {"status": reply.status_code, **_steady(reply.json())}


def _steady(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in _VOLATILE}


def read(file: Path) -> dict[str, Any]:
    """A recording: answers by name."""
    return dict(map(json.loads, file.read_text("utf-8").splitlines()))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """One line for each request that only one recording has, or whose answers differ, naming the members that do."""
    lines = [f"only before: {name}" for name in before.keys() - after.keys()]
    lines += [f"only after: {name}" for name in after.keys() - before.keys()]
    for name in before.keys() & after.keys():
        one, other = before[name], after[name]
        changed = sorted(part for part in one.keys() | other.keys() if one.get(part) != other.get(part))
        lines += [f"{name}: {part}: {one.get(part)!r} -> {other.get(part)!r}" for part in changed]
    return sorted(lines)


async def _lines(root: Path, count: int) -> list[str]:
    return [json.dumps(pair, ensure_ascii=False, sort_keys=True) async for pair in recorded(root, count)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 1 when two recordings differ."""
    parser = argparse.ArgumentParser(prog="python -m tests.house.recording", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    record = verbs.add_parser("record", help="answer every request and write the answers down")
    record.add_argument("file", type=Path)
    record.add_argument("--tree", type=Path, default=ROOT, help="folder of the tree to record; default: this one")
    record.add_argument("--orders", type=int, default=500, help="script requests to draw")
    compare = verbs.add_parser("compare", help="print what differs; exit status 1 if anything does")
    compare.add_argument("before", type=Path)
    compare.add_argument("after", type=Path)
    given = parser.parse_args(arguments)
    if given.verb == "compare":
        found = differences(read(given.before), read(given.after))
        print("\n".join(found) if found else "the recordings are equal")
        return 1 if found else 0
    file, tree = given.file.resolve(), given.tree.resolve()
    sys.path[:] = [str(tree), *(path for path in sys.path if path not in ("", str(ROOT)))]
    os.chdir(tree)
    lines = asyncio.run(_lines(tree, given.orders))
    file.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{len(lines)} answers recorded")
    return 0


if __name__ == "__main__":
    sys.exit(main())
