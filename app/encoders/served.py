"""An encoder behind an OpenAI-compatible `/v1/embeddings`, such as vLLM's; one that fails is left alone for a while."""

import time
from collections.abc import Sequence
from typing import Any

import httpx
import numpy as np
import structlog

from app.encoders.breaker import Breaker
from app.endpoint import CONNECT_SECONDS, ServerBroken, ServerFailed, ServerGone, accepted, api_root, headers
from guards.meaning.encoder import Vector

_BATCH = 32
_LARGEST_ANSWER = 8 << 20
"""Bytes; a batch of vectors of 4,096 numbers is about half of it."""
_LEAST_SECONDS = 0.01
"""With less, no server is asked."""
_logger = structlog.get_logger("heyan.encoder")


class _Late(ServerFailed):
    """No whole answer in time."""


class ServedEncoder:
    """Asks one server, a batch of sentences a call; vectors are brought to unit length."""

    workers = 8

    def __init__(
        self,
        url: str,
        *,
        name: str,
        key: str | None = None,
        breaker: Breaker | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Nothing is sent yet. `name`: the model on the server, by which its vectors are known.

        Raises:
            ConfigurationError: if `url` is not the address of a server.
        """
        root = api_root(url)
        self._name = name
        self._breaker = breaker or Breaker()
        self._client = httpx.Client(base_url=root, headers=headers(key), transport=transport, trust_env=False)
        self._address = httpx.URL(root).netloc.decode()

    @property
    def digest(self) -> str:
        """See `Encoder`: a server does not say which weights it has, so it is the name of its model."""
        return f"served {self._name}"

    def __call__(self, sentences: Sequence[str], until: float) -> list[Vector | None]:
        """See `Source`."""
        found: list[Vector | None] = []
        for start in range(0, len(sentences), _BATCH):
            batch = sentences[start : start + _BATCH]
            left = until - time.monotonic()
            if left < _LEAST_SECONDS or not self._breaker.admits():
                break
            vectors = self._vectors(batch, left)
            if vectors is None:
                break
            found += vectors
        return [*found, *[None] * (len(sentences) - len(found))]

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _vectors(self, sentences: Sequence[str], seconds: float) -> list[Vector] | None:
        """The vectors, or None where the server does not give them; how it went is told to the breaker."""
        try:
            found = vectors_in(accepted(self._sent(sentences, seconds)), len(sentences))
        except _Late as late:
            if self._breaker.timed_out(seconds):
                self._tell(late)
            return None
        except ServerFailed as failed:
            if self._breaker.failed():
                self._tell(failed)
            return None
        except BaseException:
            self._breaker.failed()  # a trial that nobody ends would keep the server out for ever
            raise
        if self._breaker.succeeded():
            _logger.info("the encoder's server answers again", server=self._address)
        return found

    def _tell(self, failed: ServerFailed) -> None:
        # What it said may repeat a sentence.
        _logger.warning("the encoder's server is left alone for a while", server=self._address, answer=str(failed))

    def _sent(self, sentences: Sequence[str], seconds: float) -> httpx.Response:
        body = {"model": self._name, "input": list(sentences), "encoding_format": "float"}
        timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
        until, content = time.monotonic() + seconds, bytearray()
        try:
            with self._client.stream("POST", "embeddings", json=body, timeout=timeout) as response:
                for piece in response.iter_bytes():
                    content += piece
                    if len(content) > _LARGEST_ANSWER:
                        raise ServerBroken(f"the model server answered more than {_LARGEST_ANSWER} bytes")
                    if time.monotonic() > until:
                        raise _Late("the model server did not answer in time")
        except httpx.ConnectTimeout:
            raise ServerGone("the model server cannot be reached: ConnectTimeout") from None
        except httpx.TimeoutException:
            raise _Late("the model server did not answer in time") from None
        except httpx.HTTPError as failure:
            raise ServerGone(f"the model server cannot be reached: {type(failure).__name__}") from None
        return httpx.Response(response.status_code, content=bytes(content))


def vectors_in(response: httpx.Response, count: int) -> list[Vector]:
    """The vectors of an answer, in the order of what was asked, each of unit length.

    Raises:
        ServerBroken: if there are not so many.
    """
    try:
        listed: list[Any] = response.json()["data"]
        with np.errstate(all="ignore"):
            placed = {int(each["index"]): np.asarray(each["embedding"], dtype=np.float32) for each in listed}
            vectors = [placed[place] for place in range(count)]
            lengths = [float(np.linalg.norm(vector)) for vector in vectors]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        vectors, lengths = [], []
    if len(vectors) != count or any(vector.ndim != 1 for vector in vectors) or not all(np.isfinite(lengths)):
        raise ServerBroken("the model server answered no embeddings")
    return [vector / (length or 1.0) for vector, length in zip(vectors, lengths, strict=True)]
