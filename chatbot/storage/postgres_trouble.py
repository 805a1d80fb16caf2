"""What may go wrong with a PostgreSQL server, and what people are told of it."""

from typing import Final

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

TROUBLE: Final = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    SQLAlchemyError,
)
"""What a connection may raise while it is made or used. The internal one comes between the server's last word (that a
session was silent for too long), said while nobody asked, and the end of the connection."""


class NoServerError(ConnectionError):
    """None of several servers can be worked with; the message says of each why."""


_SENTENCES: Final[tuple[tuple[tuple[type[Exception], ...], str], ...]] = (
    ((NoServerError,), "has no server that can be worked with: {error}"),
    (
        (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError),
        "refuses the login: check user and password in DATABASE_URL",
    ),
    (
        (asyncpg.InvalidCatalogNameError,),
        "has no such database: create it (createdb), then run `chatbot db upgrade`",
    ),
    (
        (asyncpg.TooManyConnectionsError,),
        "takes no more connections: raise max_connections or run fewer processes",
    ),
    ((asyncpg.CannotConnectNowError,), "is starting up, recovering or shutting down: wait, or see its log"),
    ((asyncpg.AdminShutdownError, asyncpg.CrashShutdownError), "ended the session or was shut down: see its log"),
    ((asyncpg.DiskFullError,), "has no room left on its disk: make room there, the bot goes on by itself"),
    (
        (asyncpg.ReadOnlySQLTransactionError, asyncpg.TargetServerAttributeNotMatched),
        "takes no writes: it is a standby, or default_transaction_read_only is on",
    ),
    (
        (asyncpg.InsufficientPrivilegeError,),
        "does not let this user do it: make the user the owner of the database, or grant what is missing",
    ),
    ((asyncpg.UndefinedTableError,), "has not the tables of this program: run `chatbot db upgrade`"),
    (
        (asyncpg.ProtocolViolationError, asyncpg.UndefinedObjectError),
        "does not take the session's settings: PostgreSQL 14 or newer is needed, and a direct connection (not through "
        "PgBouncer)",
    ),
    ((asyncpg.ClientConfigurationError,), "cannot be asked, for DATABASE_URL is not right: {error}"),
    ((asyncpg.SyntaxOrAccessError,), "cannot be used ({error})"),
    (
        (TimeoutError,),
        "does not answer in time: is its machine or network down, its disk stuck, or its synchronous standby away?",
    ),
    (
        (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError),
        "cannot be reached ({kind}): is it running, and is DATABASE_URL right?",
    ),
)


def reason(error: BaseException) -> str:
    """Why a server cannot be worked with, and what to do; to be read behind its name. Nothing that the server
    quotes but names: it might be a citizen's."""
    found = told(error)
    sentence = next((text for kinds, text in _SENTENCES if isinstance(found, kinds)), "refuses ({kind}): see its log")
    return sentence.format(error=str(found).partition("\n")[0], kind=type(found).__name__)


def told(error: BaseException) -> BaseException:
    """What the server or the driver said, behind SQLAlchemy's words for it."""
    while error.__cause__ is not None and (isinstance(error, SQLAlchemyError) or not isinstance(error, TROUBLE)):
        error = error.__cause__
    return error
