"""The error tables of the program against the references: no code is missing, none has another class."""

import re
from pathlib import Path

import pytest

from chatbot.channels.base import SendVerdict
from chatbot.channels.messenger import errors as messenger
from chatbot.channels.zalo import errors as zalo
from tests.channels.reference_codes import MESSENGER, ZALO, codes

ROOT = Path(zalo.__file__).parents[2]
CLASSES = {
    "sent": SendVerdict.SENT,
    "retry": SendVerdict.NOT_SENT,
    "pause": SendVerdict.PAUSED,
    "token": SendVerdict.TOKEN,
    "closed": SendVerdict.CLOSED,
    "held": SendVerdict.HELD,
    "permanent": SendVerdict.REFUSED,
    "doubtful": SendVerdict.DOUBTFUL,
}
ZALO_ROWS, MESSENGER_ROWS = codes(ZALO), codes(MESSENGER)


@pytest.mark.parametrize(("code", "kind", "alarm"), ZALO_ROWS)
def test_zalos_code_has_its_class(code: str, kind: str, alarm: bool) -> None:
    told = zalo.MEANINGS[int(code)]
    assert told.verdict is CLASSES[kind]
    assert bool(told.alarm) or not alarm


@pytest.mark.parametrize(("code", "kind", "alarm"), MESSENGER_ROWS)
def test_metas_code_has_its_class(code: str, kind: str, alarm: bool) -> None:
    number, _, subcode = code.partition("/")
    told = messenger.meaning(int(number), int(subcode) if subcode else None, transient=False)
    assert told is not messenger.UNKNOWN
    assert told.verdict is CLASSES[kind]
    assert bool(told.alarm) or not alarm


def test_no_row_of_the_program_is_without_a_reference() -> None:
    assert set(zalo.MEANINGS) == {int(code) for code, _, _ in ZALO_ROWS}
    known = {code for code, _, _ in MESSENGER_ROWS} | {"10", "10/2018300"}  # 10: permission, as 200 (Graph API)
    written = {str(code) if subcode is messenger.ANY else f"{code}/{subcode}" for code, subcode in messenger.MEANINGS}
    assert written <= known


def test_every_class_of_answer_occurs() -> None:
    verdicts = {told.verdict for told in zalo.MEANINGS.values()} | {one.verdict for one in messenger.MEANINGS.values()}
    assert verdicts == set(SendVerdict)


def test_the_bot_never_uses_the_tag_that_is_for_people_only() -> None:
    """Meta: automated use of HUMAN_AGENT is a breach of policy. Only a comment may name it, and the simulated Meta."""
    program = [path for path in ROOT.rglob("*.py") if "simulator" not in path.parts]
    assert len(program) > len(list(ROOT.rglob("channels/**/*.py"))) > 0
    for path in (*program, *(ROOT.parent / "handlers").rglob("*.py")):
        for line in path.read_text("utf-8").splitlines():
            if re.search(r"HUMAN_AGENT|MESSAGE_TAG", line):
                assert line.lstrip().startswith(('"""', "#")), f"{path.name}: {line.strip()}"
