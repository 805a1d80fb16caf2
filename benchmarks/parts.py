"""Every part of the benchmarks, in the order in which they run and stand on the page."""

from typing import Final

from benchmarks import (
    growth,
    intake,
    kill,
    latency,
    overload,
    repeats,
    rivals,
    soak,
    startup,
    stores,
    understanding,
    workers,
)
from benchmarks.lab import Depth, Part

PARTS: Final = (
    Part(
        name="intake",
        title="Taking in: durable intake against a bare handler",
        means="wrk posts signed webhooks, each once, over 32 connections: first to an aiohttp handler that reads and "
        "answers, then to our webhook, which verifies, parses, masks and stores, and answers 200 only after an "
        "fsync. Nobody answers the messages meanwhile. The share is what durability and masking leave of the "
        "framework's speed.",
        run=intake.measure,
        least=Depth.QUICK,
    ),
    Part(
        name="startup",
        title="Starting",
        means="From the command to the first 200 of /readyz: with the model in the cache (the best of several), and on "
        "a new machine, where the model is learnt from the content first.",
        run=startup.measure,
        least=Depth.QUICK,
        most_s=(120, 400, 600),
    ),
    Part(
        name="understanding",
        title="Understanding",
        means="Milliseconds to understand one text, in one process pinned to one core, over phrasings of the content "
        "that it has not seen in this run.",
        run=understanding.measure,
        least=Depth.QUICK,
        most_s=(200, 300, 300),
    ),
    Part(
        name="stores",
        title="End to end on each store",
        means="Strangers ask through 32 webhook connections as fast as these are taken; the clock stops when everybody "
        "has an answer. The whole bot works: HTTP both ways, verification, masking, the real understanding, the "
        "store. The same program on a store that keeps nothing in files tells what durability costs; the load and "
        'the Graph API run on the same cores. "Different questions" are understood anew each time; "the same '
        'question" comes from the memory of recent texts, so the store weighs most there.',
        run=stores.measure,
        least=Depth.QUICK,
        most_s=(200, 500, 1200),
    ),
    Part(
        name="latency",
        title="Waiting times",
        means="Messages come at a fixed rate, whether or not the earlier ones are answered, as on a real day. "
        '"Webhook" is the time to our 200, "webhook to send" the time until the answer reaches the Graph API (settle '
        "window 0; the program's default adds 400 ms to join quick messages of one person).",
        run=latency.measure,
        least=Depth.QUICK,
    ),
    Part(
        name="repeats",
        title="Repeats",
        means="Twenty people's questions, each delivered five times at once, as platforms do when a 200 is late.",
        run=repeats.measure,
        least=Depth.QUICK,
    ),
    Part(
        name="overload",
        title="Three times too much",
        means="Three times the rate that the bot can answer. What is acknowledged is on disk and is answered late, but "
        "once; what cannot be stored in time is refused with 503, so that the platform delivers it again.",
        run=overload.measure,
        least=Depth.QUICK,
    ),
    Part(
        name="growth",
        title="Growth: stored conversations",
        means="The same load on SQLite files with ever more stored conversations: rows of real turns multiplied under "
        "new ids and dates, one turn a conversation. Half of those who ask have a stored conversation. 5,000,000 "
        "only with --full.",
        run=growth.measure,
        most_s=(200, 400, 5400),
    ),
    Part(
        name="topics",
        title="Growth: topics",
        means="Learning and reading with the first 50 topics, with all of them, and (--full) with 500, of which those "
        "beyond today's are made up: each of their phrasings begins like one topic's and ends like another's. "
        "Greetings and other acts are always there.",
        run=understanding.measure_sizes,
        most_s=(200, 500, 2400),
    ),
    Part(
        name="workers",
        title="Several workers on PostgreSQL",
        means="`chatbot web` takes in, 1, 2, 4 `chatbot worker` answer; the database server, the load and the "
        "Graph API share the machine's cores with them, so more workers than free cores show only that sharing costs "
        "little.",
        run=workers.measure,
    ),
    Part(
        name="rivals",
        title="Rivals",
        means="Bottender and Botkit from npm in the same harness: same webhooks, same Graph API. They keep nothing on "
        "disk, understand nothing and answer everything with one sentence; ours understands and stores. The ratio "
        "compares replies a second to different questions.",
        run=rivals.measure,
        most_s=(300, 500, 900),
    ),
    Part(
        name="kill",
        title="kill -9 under load",
        means="300 messages a second; after three seconds the process is killed and started again. Counted are people "
        "whose webhook was answered with 200 and who never get a reply. The rivals think 200 ms before each "
        "answer. The many kills at every point of the work are `make crash`.",
        run=kill.measure,
        most_s=(200, 300, 1500),
    ),
    Part(
        name="soak",
        title="A long run",
        means="Very many messages of 20,000 people, half of them texts nobody has written before. Memory is read "
        "whenever everything is answered. In the first half the bounded caches of words fill; memory is flat when the "
        "slope of the second half is next to nothing.",
        run=soak.measure,
        least=Depth.FULL,
        timed=True,
    ),
)
