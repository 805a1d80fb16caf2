"""The trained model on disk: one npz file of plain arrays and JSON, named by what it was learnt from; no pickle."""

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np

from chatbot.nlu.confidence import Curve
from chatbot.nlu.lexicon import FILE, Lexicon
from chatbot.nlu.model import Model, Thresholds, background_of
from chatbot.nlu.nearest import Phrasings
from chatbot.nlu.normalize import Normalizer
from chatbot.nlu.vectors import Rows, Vocabulary

_KEPT: Final = 3
"""Cached models that stay on disk; older ones are removed."""


def cache_key(examples: Sequence[tuple[str, str]], high_risk: frozenset[str], root: Path) -> str:
    """SHA-256 of all that a model is learnt from: phrasings, risks, the lexicon, and this package's own code."""
    digest = hashlib.sha256(json.dumps([list(examples), sorted(high_risk)], ensure_ascii=False).encode())
    digest.update((root / FILE).read_bytes())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:32]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One process learns at a time; the others wait, and find what it has learnt. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".learning").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def save(model: Model, folder: Path, key: str) -> None:
    """Write atomically: a reader finds the whole file or none."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = model.phrasings.rows
    described = {
        "intents": model.intents,
        "features": list(model.vocabulary.names),
        "words": list(model.normalizer.ranks),
        "texts": list(model.phrasings.texts),
        "right": asdict(model.right),
        "near": asdict(model.near),
        "thresholds": asdict(model.thresholds),
    }
    handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        np.savez(
            file,
            described=np.frombuffer(json.dumps(described, ensure_ascii=False).encode(), np.uint8),
            idf=model.vocabulary.idf,
            weights=model.weights,
            starts=rows.starts,
            ids=rows.ids,
            values=rows.values.astype(np.float16),
            bounds=model.phrasings.bounds,
        )
    Path(name).replace(_path(folder, key))
    _forget_old(folder)


def read(folder: Path, key: str, lexicon: Lexicon) -> Model | None:
    """The cached model, or None when there is none or it is damaged."""
    try:
        with _path(folder, key).open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            return _model({name: file[name] for name in file.files}, lexicon)
    except (OSError, ValueError, KeyError, BadZipFile):
        return None


def _path(folder: Path, key: str) -> Path:
    return folder / f"nlu-{key}.npz"


def _forget_old(folder: Path) -> None:
    found = sorted(folder.glob("nlu-*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[_KEPT:]:
        path.unlink(missing_ok=True)


def _model(arrays: dict[str, Any], lexicon: Lexicon) -> Model:
    described = json.loads(arrays["described"].tobytes())
    vocabulary = Vocabulary(described["features"], arrays["idf"])
    rows = Rows(arrays["starts"], arrays["ids"], arrays["values"].astype(np.float32))
    return Model(
        tuple(described["intents"]),
        Normalizer(lexicon, described["words"]),
        vocabulary,
        arrays["weights"],
        Phrasings(rows, arrays["bounds"], described["texts"], len(vocabulary), background_of(described["intents"])),
        _curve(described["right"]),
        _curve(described["near"]),
        Thresholds(**described["thresholds"]),
    )


def _curve(described: dict[str, list[float]]) -> Curve:
    return Curve(tuple(described["weights"]), tuple(described["means"]), tuple(described["spreads"]))
