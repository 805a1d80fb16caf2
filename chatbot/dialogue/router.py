"""Who answers what: handlers register for intents and actions here, and a clash shows when the program starts."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Final

from chatbot.dialogue.context import Context
from chatbot.dialogue.handled import Handled
from chatbot.model import Reply

FAMILY: Final = "*"


class RegistrationError(Exception):
    """Two handlers want the same thing. Raised while the program starts, never while a citizen waits."""


class Unhandled(Enum):
    """The explicit "this was not for me" of a handler."""

    UNHANDLED = "unhandled"


UNHANDLED: Final = Unhandled.UNHANDLED


HandlerResult = Reply | Handled | Unhandled
Handler = Callable[[Context], HandlerResult]


class Router:
    """The handlers of one skill. Routers are asked in order of `priority`, the smaller number first."""

    def __init__(self, name: str, priority: int = 50) -> None:
        self.name = name
        self.priority = priority
        self._intents: dict[str, Handler] = {}
        self._actions: dict[str, Handler] = {}
        self._otherwise: list[Handler] = []

    def intent(self, *names: str) -> Callable[[Handler], Handler]:
        """Register for intents; `"other.*"` stands for a whole family. Raises RegistrationError for a name taken."""
        if not names:
            raise RegistrationError(f"router '{self.name}': intent() needs at least one name")
        return self._register(self._intents, names, "intent")

    def action(self, name: str) -> Callable[[Handler], Handler]:
        """Register for the buttons of one action. Raises RegistrationError when the name is taken."""
        return self._register(self._actions, (name,), "action")

    def otherwise(self, handler: Handler) -> Handler:
        """Register for every intent that nobody named; the handler may return UNHANDLED to pass it on."""
        self._otherwise.append(handler)
        return handler

    @property
    def intents(self) -> Mapping[str, Handler]:
        """Handlers by intent or family."""
        return self._intents

    @property
    def actions(self) -> Mapping[str, Handler]:
        """Handlers by action name."""
        return self._actions

    @property
    def rest(self) -> tuple[Handler, ...]:
        """Handlers for whatever is left, in the order of registration."""
        return tuple(self._otherwise)

    def _register(self, table: dict[str, Handler], names: Iterable[str], what: str) -> Callable[[Handler], Handler]:
        def remember(handler: Handler) -> Handler:
            for name in names:
                if name in table:
                    raise RegistrationError(f"router '{self.name}': two handlers want the {what} '{name}'")
                table[name] = handler
            return handler

        return remember


class Routers:
    """All routers as one table. Raises RegistrationError when two of them want the same intent or action."""

    def __init__(self, routers: Iterable[Router]) -> None:
        self._routers = tuple(sorted(routers, key=lambda router: router.priority))
        self._intents = _merged(((router.name, router.intents) for router in self._routers), "intent")
        self._actions = _merged(((router.name, router.actions) for router in self._routers), "action")
        self._rest = tuple(handler for router in self._routers for handler in router.rest)

    @property
    def intents(self) -> frozenset[str]:
        """Every intent or family that somebody named."""
        return frozenset(self._intents)

    @property
    def actions(self) -> frozenset[str]:
        """Every action that somebody answers."""
        return frozenset(self._actions)

    def act(self, context: Context) -> Handled | Unhandled:
        """Answer the tapped button (`context.event.action`); UNHANDLED for an action that nobody knows."""
        action = context.event.action
        handler = self._actions.get(action.name) if action else None
        return _settled(handler(context), context) if handler else UNHANDLED

    def answer(self, context: Context, intent: str = "") -> Handled | Unhandled:
        """Answer an intent (the best of `context.match` unless given): its handler, its family's, then the rest."""
        for handler in self._asked(intent or context.match.intent):
            result = _settled(handler(context), context)
            if isinstance(result, Handled):
                return result
        return UNHANDLED

    def _asked(self, intent: str) -> Iterator[Handler]:
        for name in (intent, f"{intent.partition('.')[0]}.{FAMILY}"):
            if name in self._intents:
                yield self._intents[name]
        yield from self._rest


def _merged(tables: Iterable[tuple[str, Mapping[str, Handler]]], what: str) -> dict[str, Handler]:
    merged: dict[str, Handler] = {}
    owners: dict[str, str] = {}
    for owner, table in tables:
        for name, handler in table.items():
            if name in merged:
                raise RegistrationError(f"routers '{owners[name]}' and '{owner}' both want the {what} '{name}'")
            merged[name], owners[name] = handler, owner
    return merged


def _settled(result: HandlerResult, context: Context) -> Handled | Unhandled:
    return Handled(result, context.session) if isinstance(result, Reply) else result
