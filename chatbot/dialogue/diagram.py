"""Draws a flow as a Mermaid chart, for people who look before they read."""

from collections.abc import Iterator

from chatbot.dialogue.flow_spec import ANSWER, Choice, FlowSpec, State, Target

_ENDS = {
    Target.END: 'end_((" "))',
    Target.CANCEL: "cancelled_((Hủy))",
    Target.HANDOFF: "person_[/Cán bộ/]",
}


def mermaid(spec: FlowSpec) -> str:
    """The whole flow as a Mermaid flowchart; the same flow always gives the same text."""
    lines = ["flowchart TD", *_nodes(spec), *_edges(spec)]
    return "\n".join(lines) + "\n"


def _nodes(spec: FlowSpec) -> Iterator[str]:
    yield f'    start_((" ")) --> {spec.start}'
    for name, state in spec.states.items():
        step = f"{state.step} · " if state.step else ""
        yield f'    {name}["{step}{name}"]'
    used = {target for _, target in spec.targets()}
    yield from (f"    {shape}" for target, shape in _ENDS.items() if target in used)


def _edges(spec: FlowSpec) -> Iterator[str]:
    for name, state in spec.states.items():
        yield from (_edge(name, choice.go, _words(choice)) for choice in state.choices.values())
        yield from (_edge(name, target, words, "-.->") for words, target in _automatic(state))
    for intent, target in spec.anywhere.items():
        if target != Target.STAY:
            yield _edge("start_", target, intent, "-.->")


def _automatic(state: State) -> Iterator[tuple[str, str]]:
    yield from ((intent, target) for intent, target in state.on.items())
    yield from (("đã trả lời", skip.go) for skip in state.skip_if)
    yield from ((f"lần {times}", target) for times, target in state.again.items())
    yield from (("mã đã cũ", aged.go) for aged in (state.age.after.values() if state.age else ()) if aged.go)
    if state.unsure:
        yield "không biết lần 2", state.unsure.then
    if state.otherwise:
        yield "chữ khác", state.otherwise
    if state.then:
        yield "", state.then


def _edge(source: str, target: str, words: str, arrow: str = "-->") -> str:
    label = f'|"{words}"|' if words else ""
    return f"    {source} {arrow}{label} {_node(source, target)}"


def _node(source: str, target: str) -> str:
    if target.startswith(ANSWER):
        return f"answer_{target.removeprefix(ANSWER).replace('.', '_')}[[{target.removeprefix(ANSWER)}]]"
    special = {
        Target.END: "end_",
        Target.CANCEL: "cancelled_",
        Target.HANDOFF: "person_",
        Target.RESTART: "start_",
        Target.STAY: source,
        Target.BACK: "back_[[bước trước]]",
        Target.RESUME: "resume_[[bước đang dở]]",
    }
    return special[Target(target)] if target in set(Target) else target


def _words(choice: Choice) -> str:
    return choice.label or f"“{choice.also[0] if choice.also else choice.intent[0]}”"
