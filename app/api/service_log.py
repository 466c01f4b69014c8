"""The lines in the log that tell of the service itself: its start, the policy in force, its model, and its stop."""

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

from app.api.home import installed_version
from app.parts import Parts
from app.settings import Settings


def log_start(parts: Parts, settings: Settings, address: str) -> None:
    """Tell what listens at `address`, under which rules, and what writes for it; no key and no password."""
    parts.lines.info(
        "started",
        version=installed_version(),
        address=address,
        store=settings.store_url.partition(":")[0].partition("+")[0],
        prompts=digest_of(settings.prompts_dir),
        lexicons=parts.policy.current.lexicon.digest,
    )
    log_policy(parts)
    answering = parts.model_health.is_answering
    parts.lines.info(
        "model",
        **_model(settings),
        state="unknown" if answering is None else "ready" if answering else "not answering",
    )


def log_policy(parts: Parts) -> None:
    """Tell which rules are in force."""
    policy = parts.policy.current
    rules = len(policy.lexicon.places)
    parts.lines.info("policy in force", revision=policy.revision, digest=policy.digest, rules=rules)


def log_stop(parts: Parts) -> None:
    """Tell that nothing listens any more."""
    parts.lines.info("stopped")


def digest_of(folder: Path) -> str | None:
    """The SHA-256 over names and bytes of all files below a folder; None where one of them cannot be read."""
    try:
        return _digest_of(folder)
    except OSError:
        return None


def _digest_of(folder: Path) -> str:
    whole = hashlib.sha256()
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        whole.update(f"{content}  {file.relative_to(folder).as_posix()}\n".encode())
    return whole.hexdigest()


def _model(settings: Settings) -> dict[str, object]:
    if settings.model_url is None:
        return {"kind": "embedded", "name": settings.model_dir.name}
    servers = [_without_credentials(address.strip()) for address in settings.model_url.split(",")]
    named = {"name": settings.model_name} if settings.model_name else {}
    return {"kind": "servers", **named, "servers": servers}


def _without_credentials(url: str) -> str:
    """Scheme, host and port: a path or a query may hold a key as well."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
