"""Two questions in one message: the clauses that could stand alone."""

import re
from typing import Final

from chatbot.nlu.letters import fold

_CUT: Final = re.compile(
    r"[?!;\n]+|[.,](?=\s)|\b(?:với lại|voi lai|cho hỏi thêm|cho hoi them|hỏi thêm|hoi them|ngoài ra|ngoai ra"
    r"|đồng thời|dong thoi|và|va|với(?= (?:hồ|giấy|nộp|được|bao|mấy))|còn nữa|con nua|sẵn|san tien|tiện|tien the)\b",
    re.IGNORECASE,
)
_FEWEST: Final = 3
"""Words; a shorter clause is no question of its own."""
_MOST: Final = 4
_ASKS: Final = re.compile(
    r"\b(?:khong|ko|k|hong|hok|gi|j|sao|may|dau|nhieu|nhiu|bao lau|bao gio|nao|chua|cach|ntn|bn|bnhieu)\b"
)


def clauses(text: str) -> tuple[str, ...]:
    """The clauses of a text that look like questions, when there are at least two; else nothing."""
    cuts = list(_CUT.finditer(text))
    if not cuts or len(folded := fold(text)) != len(text):
        return ()
    pieces: list[str] = []
    start = 0
    for cut in (*cuts, None):
        end = cut.start() if cut else len(text)
        piece = text[start:end].strip()
        if len(piece.split()) >= _FEWEST and _ASKS.search(folded[start:end]):
            pieces.append(piece)
        start = cut.end() if cut else end
    return tuple(pieces[:_MOST]) if len(pieces) > 1 else ()
