"""What a handler or a flow gives back when it changes the conversation."""

from dataclasses import dataclass

from chatbot.model import Reply, Session


@dataclass(frozen=True, slots=True)
class Handled:
    """A reply together with the conversation's next state. `erase` asks the store to forget the whole conversation."""

    reply: Reply
    session: Session
    erase: bool = False
