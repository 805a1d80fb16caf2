"""`chatbot train`: the understanding learnt from the content and cached, so that the bot starts at once."""

import time
from typing import Annotated

import typer

from chatbot.cli.brain import brain
from chatbot.cli.screen import ERR, config


def train(
    quiet: Annotated[bool, typer.Option("--quiet", help="Chỉ nói khi có gì đáng nói")] = False,
) -> None:
    """Học cách hỏi từ nội dung và lưu lại; nội dung không đổi thì xong ngay.

    Ví dụ: chatbot train
    """
    started = time.perf_counter()
    mind = brain(config().settings)
    if not quiet:
        intents = len(mind.knowledge.faqs) + len(mind.knowledge.acts)
        ERR.print(f"Đã sẵn sàng: {intents} ý hỏi, {time.perf_counter() - started:.1f} giây.", highlight=False)
