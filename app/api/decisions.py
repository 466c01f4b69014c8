"""/v1/decisions: what was answered, as it was recorded; marks on its findings; erasure of a person."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from orjson import OPT_INDENT_2, dumps

from app.api.auth import require
from app.api.bodies import read_body
from app.api.decision_answers import (
    CURSOR,
    DecisionAnswer,
    DecisionKind,
    DecisionsAnswer,
    DecisionSummary,
    ErasedAnswer,
    MarkAnswer,
    MarkRequest,
    QualityAnswer,
)
from app.api.decision_examples import MARKS
from app.api.operations import answers, meaning, takes
from app.api.request_log import line_of
from app.parts import Parts
from app.records import Mark, Principal, Role, Taken, UnknownDecision
from app.requests import REF, Moment
from guards.types import Case, Scenario

PARAMETERS = ("script_id", "rule", "action", "scenario", "from", "to", "id")
"""The names of what stands in a path or a query, beside those of contacts."""
_JSON = "application/json"
_RULE = "^[a-z0-9_]+([.][a-z0-9_]+)*$"
ScriptId = Annotated[str, Path(pattern="^[0-9A-Za-z]{1,40}$", description="As in the answer.")]
_Action = Annotated[str | None, Query(pattern="^[a-z_]{1,32}$", description="`speak`, `block`, …: as in the answer.")]
_Rule = Annotated[
    str | None,
    Query(
        pattern=_RULE, max_length=80, description="It found something, on the text returned or on what was not said."
    ),
]
_From = Annotated[Moment | None, Query(alias="from", description="Answered then or later.")]
_To = Annotated[Moment | None, Query(description="Answered before.")]
_Ref = Annotated[str | None, Query(pattern=REF, description="About this customer: `customer.ref` of the request.")]
_NOBODY = 404, "There is no such decision.", "UnknownDecision"
_READ = meaning(
    answers("DecisionAnswer", "The decision.", 401, 403, 404, 422, 503, examples=["review"]),
    *_NOBODY,
)
_PROVEN = meaning(
    answers("EvidenceAnswer", "The evidence.", 401, 403, 404, 422, 503),
    *_NOBODY,
)
_MARKED = meaning(
    meaning(answers("MarkAnswer", "The mark.", 401, 403, 404, 409, 413, 422, 503, examples=["right"]), *_NOBODY),
    409,
    "The decision was erased.",
    "ErasedDecision",
)


def router(parts: Parts) -> APIRouter:
    """The routes of this resource; a customer's reference goes into no log, no error and no answer."""
    routes = APIRouter(tags=["decisions"])
    auditor, admin = require(parts, Role.AUDITOR), require(parts, Role.ADMIN)
    marker = require(parts, Role.AUDITOR, Role.APPROVER)

    @routes.get(
        "/v1/decisions",
        operation_id="list_decisions",
        summary="Look up what was answered",
        responses=answers("DecisionsAnswer", "Decisions, newest first.", 401, 403, 422, 503, examples=["one"]),
    )
    async def listed(
        who: Annotated[Principal, Depends(auditor)],
        after: Annotated[
            str | None, Query(pattern=CURSOR, description="`next` of the answer before; absent: the newest.")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=1000, description="The most decisions that are answered.")] = 100,
        kind: Annotated[DecisionKind | None, Query(description="What was asked for.")] = None,
        action: _Action = None,
        scenario: Annotated[Scenario | None, Query(description="Of this scenario.")] = None,
        rule: _Rule = None,
        since: _From = None,
        to: _To = None,
        ref: _Ref = None,
    ) -> Response:
        """As it was recorded, personal data masked. All that is asked for must hold; a decision that was erased is
        listed, and is found by its customer no more.
        """
        equal = {
            "kind": kind,
            "action": action,
            "scenario": None if scenario is None else scenario.value,
            "ref_digest": None if ref is None else parts.contacts.digest(ref),
        }
        found = await parts.log.recent(
            limit + 1,
            before=after[1:] if after else None,
            since=since,
            until=to,
            rule=rule,
            **{name: value for name, value in equal.items() if value is not None},
        )
        told = found[:limit]
        asked = {**equal, "rule": rule, "since": since and since.isoformat(), "until": to and to.isoformat()}
        await parts.exports.note(Taken.DECISIONS, who.person, {"count": len(told), **asked})
        following = f"d{told[-1].script_id}" if len(found) > limit else None
        page = DecisionsAnswer(items=[DecisionSummary.of(each) for each in told], next=following)
        return Response(page.model_dump_json(), media_type=_JSON)

    @routes.delete(
        "/v1/decisions",
        operation_id="erase_person",
        summary="Erase all decisions about a person",
        responses=answers("ErasedAnswer", "They are erased.", 401, 403, 422, 503, examples=["some"]),
    )
    async def erase(
        ref: Annotated[str, Query(pattern=REF, description="The customer: `customer.ref` of the requests.")],
        who: Annotated[Principal, Depends(admin)],
    ) -> Response:
        """What was asked and said is removed; ids, digests, rules and times stay, so that the audit trail still proves
        all the rest. What the customer refused stays too: it counts for later calls. A request that is sent again under
        its old `request_id` is a 409.
        """
        count = await parts.erasure.of_person(parts.contacts.digest(ref), who.person)
        return Response(ErasedAnswer(erased=count).model_dump_json(), media_type=_JSON)

    @routes.get(
        "/v1/decisions/{script_id}",
        operation_id="read_decision",
        summary="Read one decision",
        responses=_READ,
        dependencies=[Depends(auditor)],
    )
    async def read(script_id: ScriptId) -> Response:
        """All that was recorded of one answer, and what was said of its findings since."""
        decision = await parts.log.get(script_id)
        if decision is None:
            raise UnknownDecision
        whole = DecisionAnswer.whole(decision, await parts.marks.of(script_id))
        return Response(whole.model_dump_json(), media_type=_JSON)

    @routes.get(
        "/v1/decisions/{script_id}/evidence",
        operation_id="read_evidence",
        summary="Take evidence of one decision",
        responses=_PROVEN,
    )
    async def evidence(script_id: ScriptId, who: Annotated[Principal, Depends(marker)]) -> Response:
        """One signed file: the decision as it was recorded, the rules that fired and who wrote and approved them, and
        the way from the decision's digest to a row of the audit trail. Whoever has the public key checks it offline.
        Of an erased decision it proves that there was one, and says no more.
        """
        content = dumps(await parts.evidence.issue(script_id), option=OPT_INDENT_2)
        await parts.exports.note(Taken.EVIDENCE, who.person, subject=script_id)
        return Response(content, media_type=_JSON)

    @routes.post(
        "/v1/decisions/{script_id}/marks",
        operation_id="mark_finding",
        summary="Say whether a finding was right",
        openapi_extra=takes("MarkRequest", MARKS),
        responses=_MARKED,
    )
    async def mark(request: Request, script_id: ScriptId, who: Annotated[Principal, Depends(marker)]) -> Response:
        """`true_hit` 真命中 or `false_hit` 误命中. Everybody has one mark on a finding: a later one replaces it."""
        body = await read_body(request, MarkRequest)
        note = parts.policy.current.personal_data.masked(body.note, Case())
        made = await parts.marks.mark(script_id, body.finding, Mark(body.mark), note, who.person)
        line_of(request).note(action=body.mark)
        return Response(MarkAnswer.of(made).model_dump_json(), media_type=_JSON)

    @routes.get(
        "/v1/lexicon/rules/{id}/quality",
        operation_id="read_rule_quality",
        summary="Read how good a rule is",
        responses=answers("QualityAnswer", "The rule's.", 401, 403, 404, 422, 503, examples=["some_marks"]),
        dependencies=[Depends(require(parts, Role.EDITOR, Role.APPROVER, Role.AUDITOR))],
    )
    async def quality(
        rule: Annotated[
            str, Path(alias="id", pattern=_RULE, max_length=80, description="The rule's id, as in findings.")
        ],
    ) -> Response:
        """How often it found something in the last 7 and 30 days, how many of its findings were marked as right, and
        the newest texts. A rule that found nothing has zeros, and so has an id that no rule has.
        """
        told = QualityAnswer.of(await parts.marks.quality(rule))
        return Response(told.model_dump_json(), media_type=_JSON)

    return routes
