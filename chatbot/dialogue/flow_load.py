"""Loading `intents/flows/`: every flow read, every problem told with file, line and what to do."""

from collections import deque
from collections.abc import Iterator

from pydantic import ValidationError

from chatbot.dialogue.flow_spec import ANSWER, FlowSpec, State, Target
from chatbot.knowledge import ContentError, Knowledge, Problem
from chatbot.knowledge.complain import complaints
from chatbot.knowledge.phrases import Phrases
from chatbot.knowledge.yaml_source import Document, read

LONGEST_SAY = 600
"""Characters of one thing said by a flow; half of it is what reads well aloud."""
ENGINE_PHRASES = (
    "flow.where",
    "flow.where_unnumbered",
    "flow.back_to_step",
    "flow.back_to",
    "flow.back_note",
    "flow.back_note_unnumbered",
    "flow.no_way_back",
    "flow.restarted",
    "flow.unclear",
    "flow.unclear_again",
    "flow.explained",
    "flow.stuck",
    "flow.take_your_time",
    "flow.answer_first",
    "flow.renewed",
    "flow.resumed",
    "flow.meanwhile",
    "flow.commands",
    "flow.label_back",
    "flow.label_cancel",
    "flow.label_person",
    "flow.label_other_way",
)
"""Keys of phrases.vi.yaml that every flow needs."""


def load_flows(knowledge: Knowledge) -> dict[str, FlowSpec]:
    """Read `flows/*.yaml` of the content. Raises ContentError with every problem of every flow."""
    root = knowledge.root
    specs: dict[str, FlowSpec] = {}
    problems: list[Problem] = []
    for path in sorted((root / "flows").glob("*.yaml")):
        try:
            document = read(path, f"{root.name}/flows/{path.name}")
            spec = FlowSpec.model_validate(document.data)
        except ContentError as error:
            problems.extend(error.problems)
        except ValidationError as error:
            problems.extend(complaints(error, document))
        else:
            specs[spec.id] = spec
            problems.extend(check_flow(spec, document, knowledge.phrases))
            problems.extend(_unknown_answers(spec, document, knowledge))
    if problems:
        raise ContentError(problems)
    return specs


def check_flow(spec: FlowSpec, document: Document, phrases: Phrases) -> Iterator[Problem]:
    """What the schema cannot see: targets, phrase keys, lengths, states nobody reaches or leaves."""
    for name, target in spec.targets():
        if not _known(target, spec):
            yield Problem(
                document.file, _line(document, name), f"'{target}' không phải là tên trạng thái nào: sửa lại."
            )
    for place, key in keys(spec):
        if key not in phrases:
            yield Problem(document.file, _line(document, place), f"phrases.vi.yaml thiếu câu '{key}': thêm vào.")
        else:
            yield from _too_long(document, place, key, phrases)
    reached = reachable(spec)
    for name, state in spec.states.items():
        if name not in reached:
            yield Problem(document.file, _line(document, name), f"Không đường nào dẫn tới '{name}': nối vào hoặc bỏ.")
        if not _leads_on(name, state):
            yield Problem(document.file, _line(document, name), f"'{name}' không có lối ra: thêm một lựa chọn.")


def keys(spec: FlowSpec) -> Iterator[tuple[str, str]]:
    """Every (state, phrase key) that the flow speaks; flow-wide ones come from the state ""."""
    yield from (("", aside.say) for aside in spec.asides)
    yield from (("", key) for key in (spec.opening, spec.opening_short, spec.farewell, spec.cancelled, *ENGINE_PHRASES))
    for name, state in spec.states.items():
        yield from ((name, key) for key in _state_keys(state))


def reachable(spec: FlowSpec) -> set[str]:
    """The states that some way leads to."""
    flow_wide = [target for name, target in spec.targets() if not name]
    leads: dict[str, list[str]] = {}
    for name, target in spec.targets():
        leads.setdefault(name, []).append(target)
    found: set[str] = set()
    queue = deque(flow_wide)
    while queue:
        name = queue.popleft()
        if name in spec.states and name not in found:
            found.add(name)
            queue.extend(leads.get(name, ()))
    return found


def _state_keys(state: State) -> Iterator[str]:
    if isinstance(state.say, str):
        yield state.say
    else:
        yield from (key for by_value in state.say.values() for key in by_value.values())
    yield from filter(None, (state.short, state.simpler, state.unsure and state.unsure.say))
    yield from (choice.note for choice in state.choices.values() if choice.note)
    if state.age:
        yield from (aged.note for aged in state.age.after.values() if aged.note)
        yield from filter(None, (state.age.away,))


def _known(target: str, spec: FlowSpec) -> bool:
    return target in spec.states or target in set(Target) or target.startswith(ANSWER)


def _leads_on(name: str, state: State) -> bool:
    ways = [choice.go for choice in state.choices.values()] + ([state.then] if state.then else [])
    return any(way not in (name, Target.STAY) for way in ways)


def _too_long(document: Document, place: str, key: str, phrases: Phrases) -> Iterator[Problem]:
    longest = max(len(text) for text in phrases.variants(key))
    if longest > LONGEST_SAY:
        sentence = f"Câu '{key}' dài {longest} ký tự, tối đa {LONGEST_SAY}: viết ngắn lại."
        yield Problem(document.file, _line(document, place), sentence)


def _unknown_answers(spec: FlowSpec, document: Document, knowledge: Knowledge) -> Iterator[Problem]:
    for name, target in spec.targets():
        intent = target.removeprefix(ANSWER)
        if intent != target and intent not in knowledge:
            yield Problem(document.file, _line(document, name), f"Không có chủ đề hay ý định '{intent}': sửa lại.")


def _line(document: Document, state: str) -> int:
    return document.line(("states", state) if state else ())
