"""Run by the environment of the clients: plays one call with one real client, and prints what it heard as JSON.

Standard input holds `client`, `url`, `key`, `case` and the customer's `lines`.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]


async def by_openai(order: Json) -> Json:
    """The SDK: whole answers and streams of the same turns, and the list of models."""
    from openai import AsyncOpenAI

    words = []
    async with AsyncOpenAI(base_url=f"{order['url']}/v1", api_key=order["key"]) as client:
        models = [model.id async for model in client.models.list()]
        messages: list[Any] = [{"role": "system", "content": "你是助手"}]
        for line in (None, *order["lines"]):
            if line is not None:
                messages.append({"role": "user", "content": line})
            metadata = {"heyan": json.dumps(order["case"])}
            whole = await client.chat.completions.create(model="heyan", messages=messages, metadata=metadata)
            stream = await client.chat.completions.create(
                model="heyan",
                messages=messages,
                metadata=metadata,
                stream=True,
                stream_options={"include_usage": True},
            )
            chunks = [chunk async for chunk in stream]
            streamed = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
            text = whole.choices[0].message.content
            assert streamed == text, (streamed, text)
            assert chunks[-1].usage == whole.usage
            words.append(text)
            messages.append({"role": "assistant", "content": text})
            if whole.model_extra["heyan"]["action"] != "speak":
                break
    return {"words": words, "models": models}


async def by_livekit(order: Json) -> Json:
    """The plugin: it warms up, and asks for the same turn three times at once, as for turns it foresees."""
    from livekit.agents import llm
    from livekit.plugins import openai

    model = openai.LLM(
        model="heyan",
        base_url=f"{order['url']}/v1",
        api_key=order["key"],
        extra_body={"heyan": order["case"]},
    )
    model.prewarm()
    context = llm.ChatContext.empty()
    context.add_message(role="system", content="你是助手")
    words = []
    for line in (None, *order["lines"]):
        if line is not None:
            context.add_message(role="user", content=line)
        asked = [_livekit_words(model, context) for _ in range(3)]
        first, *others = await asyncio.gather(*asked)
        assert all(other == first for other in others), (first, others)
        words.append(first)
        context.add_message(role="assistant", content=first)
    left = model.chat(chat_ctx=context)
    await left.aclose()  # the customer went on: what was foreseen is given up
    await model.aclose()
    return {"words": words}


async def _livekit_words(model: Any, context: Any) -> str:
    words = ""
    async with model.chat(chat_ctx=context) as stream:
        async for chunk in stream:
            words += (chunk.delta.content or "") if chunk.delta else ""
    return words


async def by_pipecat(order: Json) -> Json:
    """The service in a pipeline, turn by turn; the last turn is interrupted, and asked again."""
    from loguru import logger
    from pipecat.frames.frames import InterruptionFrame, LLMContextFrame, LLMTextFrame
    from pipecat.processors.aggregators.llm_context import LLMContext
    from pipecat.services.openai.llm import OpenAILLMService
    from pipecat.tests.utils import SleepFrame, run_test

    logger.remove()
    messages: list[Any] = [{"role": "developer", "content": "你是助手"}]
    extra = {"extra_body": {"heyan": order["case"]}}

    async def heard(frames: Sequence[Any]) -> str:
        service = OpenAILLMService(
            api_key=order["key"],
            base_url=f"{order['url']}/v1",
            settings=OpenAILLMService.Settings(model="heyan", extra=extra),
        )
        down, _ = await run_test(service, frames_to_send=frames, start_timeout=30.0)
        return "".join(frame.text for frame in down if isinstance(frame, LLMTextFrame))

    words = []
    for line in (None, *order["lines"]):
        if line is not None:
            messages.append({"role": "user", "content": line})
        text = await heard([LLMContextFrame(LLMContext(list(messages))), SleepFrame(1.0)])
        words.append(text)
        messages.append({"role": "assistant", "content": text})
    asked = LLMContextFrame(LLMContext(messages[:-1]))
    again = await heard([asked, InterruptionFrame(), SleepFrame(0.2), asked, SleepFrame(1.0)])
    return {"words": words, "again": again}


CLIENTS = {"openai": by_openai, "livekit": by_livekit, "pipecat": by_pipecat}

if __name__ == "__main__":
    given = json.load(sys.stdin)
    json.dump(asyncio.run(CLIENTS[given["client"]](given)), sys.stdout)
