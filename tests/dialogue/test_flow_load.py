"""A flow's mistakes are told with the line and what to do; the real flow has none."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from chatbot.dialogue.flow_load import check_flow, keys, reachable
from chatbot.dialogue.flow_spec import FlowSpec
from chatbot.dialogue.reading import GO_ON
from chatbot.knowledge import Knowledge
from chatbot.knowledge.complain import complaints
from chatbot.knowledge.yaml_source import read

FLOW = Path(__file__).parents[2] / "intents" / "flows" / "password_reset.yaml"


def problems(text: str, folder: Path, knowledge: Knowledge) -> list[str]:
    """What is wrong with a flow written so."""
    file = folder / "flow.yaml"
    file.write_text(text, encoding="utf-8")
    document = read(file, "flow.yaml")
    try:
        spec = FlowSpec.model_validate(document.data)
    except ValidationError as error:
        return [str(problem) for problem in complaints(error, document)]
    return [str(problem) for problem in check_flow(spec, document, knowledge.phrases)]


@pytest.mark.parametrize(
    ("good", "bad", "complaint"),
    [
        ("go: type_email", "go: type_emial", "'type_emial' không phải là tên trạng thái"),
        ('set: {has_email: "yes"}', "set: {has_email: yes}", "đặt giá trị 'yes' trong dấu ngoặc kép"),
        ("say: reset.ask_device", "say: reset.ask_devise", "thiếu câu 'reset.ask_devise'"),
        ("expires: 7d", "expires: 7 ngày", "phải viết dạng 5m, 2h hoặc 7d"),
        ('label: "Còn mở được"', 'label: "Còn mở được hộp thư đó"', "dài quá 20 ký tự"),
        ("    then: ask_email", "    thenn: ask_email", "Không có mục nào tên"),
        ("  reset.no_smartphone: no_smartphone\n", "", "Không đường nào dẫn tới 'no_smartphone'"),
        ("kind: failure", "kind: failing", "phải là một trong"),
    ],
)
def test_mistakes_are_explained(good: str, bad: str, complaint: str, tmp_path: Path, knowledge: Knowledge) -> None:
    text = FLOW.read_text(encoding="utf-8")
    assert good in text
    told = problems(text.replace(good, bad, 1), tmp_path, knowledge)
    assert any(complaint in line for line in told), told
    assert all(line.startswith("flow.yaml:") for line in told)


def test_the_line_is_the_place_of_the_mistake(tmp_path: Path, knowledge: Knowledge) -> None:
    lines = FLOW.read_text(encoding="utf-8").split("\n")
    place = lines.index("  - {after: 1d, ask: back_another_day}")
    lines[place] = "  - {after: soon, ask: back_another_day}"
    assert problems("\n".join(lines), tmp_path, knowledge)[0].startswith(f"flow.yaml:{place + 1}:")


def test_every_state_is_reached_and_left(spec: FlowSpec, knowledge: Knowledge) -> None:
    assert reachable(spec) == set(spec.states)
    assert list(check_flow(spec, read(FLOW, "flow"), knowledge.phrases)) == []


def test_labels_and_sentences_fit(spec: FlowSpec, knowledge: Knowledge) -> None:
    for name, state in spec.states.items():
        shown = [choice for choice in state.choices.values() if choice.label]
        by_path = [[one for one in shown if not one.only or path in one.only["path"]] for path in ("app", "web")]
        assert all(len(choices) <= 5 for choices in by_path), name
        assert all(len(label) <= 20 for one in shown for label in (one.label or "", one.en or "")), name
    for _, key in keys(spec):
        for said in (key, f"{key}.en"):
            if said in knowledge.phrases:
                assert max(map(len, knowledge.phrases.variants(said))) <= 320, said


def test_english_is_complete(spec: FlowSpec, knowledge: Knowledge) -> None:
    missing = {key for _, key in keys(spec) if f"{key}.en" not in knowledge.phrases}
    assert not missing
    assert all(choice.en for state in spec.states.values() for choice in state.choices.values() if choice.label)


def test_every_way_in_is_an_intent(spec: FlowSpec, knowledge: Knowledge) -> None:
    named = {intent for state in spec.states.values() for choice in state.choices.values() for intent in choice.intent}
    assert {*spec.anywhere, *named} <= {*knowledge.acts, GO_ON}
