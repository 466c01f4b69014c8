"""What operators watch; labels are closed sets, never a phrase, a customer or a text."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from guards.types import Finding

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
"""Of HTTP; any other is told as OTHER."""
_SECONDS = (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 5.0)


class Metrics:
    """The counters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "heyan_scripts_total",
            "Scripts answered.",
            ("scenario", "action", "source"),
            registry=self._registry,
        )
        self._forced = Counter(
            "heyan_forced_fallbacks_total",
            "Approved words that stood in for a model: it failed, or nothing it wrote may be said.",
            ("scenario", "reason"),
            registry=self._registry,
        )
        self._stopped = Counter(
            "heyan_findings_total", "Findings on scripts and candidates.", ("rule", "action"), registry=self._registry
        )
        self._reviews = Counter("heyan_reviews_total", "Texts reviewed.", ("action",), registry=self._registry)
        self._seconds = Histogram(
            "heyan_script_seconds", "Whole answers.", ("source",), buckets=_SECONDS, registry=self._registry
        )
        self._guards = Histogram(
            "heyan_guard_seconds", "Each guard on each text.", ("guard",), buckets=_SECONDS, registry=self._registry
        )
        self._responses = Counter(
            "heyan_http_responses_total", "HTTP responses.", ("method", "status"), registry=self._registry
        )
        self._model = Gauge(
            "heyan_model_answering", "1 when the last order to the model was filled.", registry=self._registry
        )
        self._revision = Gauge("heyan_policy_revision", "The revision in force.", registry=self._registry)

    def answered(self, scenario: str, action: str, source: str | None, seconds: float) -> None:
        """Count one answer."""
        self._answers.labels(scenario, action, source or "none").inc()
        self._seconds.labels(source or "none").observe(seconds)

    def forced(self, scenario: str, *, model_failed: bool) -> None:
        """Count a fallback that a model made necessary: words that were due anyway are none."""
        self._forced.labels(scenario, "model_failed" if model_failed else "nothing_passed").inc()

    def found(self, findings: Iterable[Finding]) -> None:
        """Count what guards found on scripts and candidates."""
        for finding in findings:
            self._stopped.labels(finding.rule, finding.action.label).inc()

    def model_answers(self, is_answering: bool | None) -> None:
        """Note whether the last order to the model was filled; None: none was asked yet."""
        self._model.set(1 if is_answering else 0)

    def reviewed(self, action: str) -> None:
        """Count one reviewed text."""
        self._reviews.labels(action).inc()

    def guarded(self, guard: str, seconds: float) -> None:
        """Note what one guard took."""
        self._guards.labels(guard).observe(seconds)

    def responded(self, method: str, status: int) -> None:
        """Count one HTTP response."""
        self._responses.labels(method if method in METHODS else "OTHER", str(status)).inc()

    def in_force(self, revision: int) -> None:
        """Note the revision in force."""
        self._revision.set(revision)

    def page(self) -> bytes:
        """The Prometheus text format."""
        return generate_latest(self._registry)
