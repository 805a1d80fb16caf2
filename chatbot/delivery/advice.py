"""What a person should do about an alarm that a platform's answer raised."""

from typing import Final

from chatbot.channels.base import SendResult
from chatbot.model import ChannelName
from chatbot.storage.port import Stranded

PLATFORMS: Final = {ChannelName.ZALO: "Zalo", ChannelName.MESSENGER: "Facebook"}
_LIST: Final = "see `chatbot dead list`"
ADVICE: Final = {
    "account": "the account's package, verification or permission does not allow replies. Mend it in the platform's "
    "console (a missing permission of Zalo: `chatbot connect zalo`); replies wait until then",
    "bug": f"a reply could not be sent because of a bug; {_LIST}, and retry when it is mended",
    "configuration": "the app, its secret or its state is not what the platform knows. Compare .env with the "
    "platform's console; replies wait until then",
    "content": f"a reply breaks the platform's standards; {_LIST} for which, and correct it in intents/",
    "endpoint": "neither send address serves this type of OA. Ask Zalo which one does; replies wait until then",
    "night": f"a reply was taken for advertising at night; {_LIST}",
    "permission": f"the app lacks a permission or a role on the Page. Give it in the app's dashboard; {_LIST}",
    "policy": f"the Page was warned or blocked for a breach of policy. Read its quality and support pages; {_LIST}",
    "quota": "the package's quota is used up. Buy more or lower `zalo.reply_within_hours`; replies wait until then",
    "request": f"the platform calls our request wrong, or the API has changed; {_LIST}, and look for a newer program",
    "restricted": "the Page is restricted for a time. Read its quality page; a reply is tried every half hour",
    "terms": f"an administrator of the Page must accept the platform's terms; {_LIST}",
    "token": "the access token is refused. Run `chatbot doctor`, see docs/runbooks/a-token-expired.md; replies wait",
    "unknown_code": f"a code that this program does not know; {_LIST}, and the platform's list of error codes",
}
"""By the name that a channel's table of error codes gives (`Meaning.alarm`)."""


def advice(channel: ChannelName, result: SendResult) -> str:
    """A sentence: who answered what, what it means, what to do."""
    said = f" ({result.remark})" if result.remark else ""
    return f"{PLATFORMS.get(channel, channel.value)} answered {result.code}{said}: {ADVICE[result.alarm]}."


def stranded(waiting: Stranded) -> str:
    """A sentence about what waits for a channel whose secrets this process does not have."""
    name = PLATFORMS.get(waiting.channel, waiting.channel.value)
    return (
        f"{waiting.count} messages or replies of {name} wait since {waiting.since:%d/%m %H:%M} UTC, and this process "
        "does not have its secrets: put them into .env, the same for every process (see .env.example), and restart. "
        "Of a channel that was given up they go after privacy.keep_turns_days."
    )
