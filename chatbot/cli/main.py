"""The `chatbot` command: every subcommand in its own file, brought together here."""

import typer

from chatbot.cli import connect, content, database, doctor, erase, evaluate, run, talk, train

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Trợ lý của Bảo hiểm xã hội Việt Nam trên Zalo OA và fanpage Facebook.",
)
app.command("run")(run.run)
app.command("chat")(talk.chat)
app.command("ask")(talk.ask)
app.command("evaluate")(evaluate.evaluate)
app.command("train")(train.train)
app.command("check")(content.check)
app.command("new-faq")(content.new_faq)
app.command("stale")(content.stale)
app.command("impact")(content.impact)
app.command("flows")(content.flows)
app.command("doctor")(doctor.doctor)
app.command("erase")(erase.erase)
app.add_typer(database.app, name="db")
app.add_typer(connect.app, name="connect")
