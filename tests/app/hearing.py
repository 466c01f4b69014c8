"""The shipped rules with an encoder that a test scripts, which is asked about every sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from app.data import Data
from app.encoders.listener import Listener
from app.encoders.opening import Hearing
from guards.meaning.head import Head, SecondScore
from guards.policy import compile_policy
from tests.fakes import FakeSource

HARMLESS, THREAT = (0.0, 1.0), (1.0, 0.0)
"""Vectors of what is let pass and of what is stopped."""
HEAD = Head(
    alarm=np.array([1, 0], dtype=np.float32),
    bias=0.0,
    kinds=np.zeros((1, 2), dtype=np.float32),
    kind_biases=np.zeros(1, dtype=np.float32),
    labels=("threat",),
    first=0.0,
    second=1.0,
    lower=-100.0,
    upper=100.0,
    revise=0.5,
    observe=0.25,
    encoder="fake",
)
"""By it the encoder alone decides."""


@contextmanager
def heard_by(source: FakeSource, data: Data) -> Iterator[Data]:
    """The data, judged with this source."""
    listener = Listener(source, HEAD.width)
    second, old = SecondScore(listener, HEAD), data.policy
    policy = compile_policy(
        old.lexicon, old.parts.institution, data.deployment.weights, second, is_proven=True, base=old
    )
    try:
        yield replace(data, policy=policy, deployment=replace(data.deployment, hearing=Hearing(second, listener)))
    finally:
        listener.close()
