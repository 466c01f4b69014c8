"""heyan evidence: the public key, and the check of a file that anybody can make anywhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.stores import with_store
from app.commands.verdict import AnsweredNo
from app.errors import HeyanError

if TYPE_CHECKING:
    from app.records import Store

evidence = typer.Typer(no_args_is_help=True, help="Evidence of what was answered: key, verify.")


@evidence.command("key")
def show_key() -> None:
    """Print the public key under which evidence is signed; it is made at the first call, and stays."""

    async def work(store: "Store") -> str:
        from app.evidence import open_signer

        return (await open_signer(store)).public_key

    print(with_store(work), end="")


@evidence.command("verify")
def verify_evidence(
    file: Annotated[Path, typer.Argument(help="A file from GET /v1/decisions/{script_id}/evidence.")],
    key: Annotated[
        Path | None, typer.Option(metavar="PUBKEY_FILE", help="What `heyan evidence key` printed; else anybody's.")
    ] = None,
) -> None:
    """Check a file offline, without a store; exit status 1 when it does not hold."""
    from app.evidence import parse_evidence, read_public_key, verify

    content = parse_evidence(_read(file))
    try:
        public_key = None if key is None else read_public_key(_read(key))
    except ValueError:
        raise HeyanError(f"{key}: this is no Ed25519 public key in PEM") from None
    if problems := verify(content, public_key):
        for problem in problems:
            print(f"does not hold: {problem}")
        raise AnsweredNo
    row, head = content["seal_row"], content["trail_head"]
    print(f"holds: {content['script_id']}, {content['state']}, sealed in row {row['number']} of the audit trail")
    print(f"the trail's head was row {head['number']}, {head['hash']}")
    if key is None:
        print("whose signature it is was not checked: --key PUBKEY_FILE")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as unreadable:
        raise HeyanError(f"{file}: {unreadable.strerror or unreadable}") from None
