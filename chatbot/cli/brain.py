"""The brain for commands: loaded once, with a progress bar while the model is trained."""

from chatbot.app import Brain, load_brain
from chatbot.cli.screen import content_problems_shown, progress_bar
from chatbot.config import Settings
from chatbot.observe import log


def brain(settings: Settings) -> Brain:
    """Content, understanding and pipeline; ends the command with a clear message when the content is broken."""
    with content_problems_shown(), progress_bar() as bar:
        task = bar.add_task("Học cách hỏi", total=1.0, visible=False)

        def show(share: float, step: str) -> None:
            if bar.disable and not bar.tasks[task].visible:
                log.learning()
            bar.update(task, completed=share, description=step, visible=True)

        return load_brain(settings, show)
