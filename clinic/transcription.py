"""Words out of voice notes, by a speech model on this machine: `CLINIC_SPEECH_MODEL` names its folder.

The model is one that faster-whisper reads (CTranslate2); the package is the extra `speech`. Nothing leaves the machine.
Another transcriber is one more `Transcriber`, made in `transcriber()`.
"""

from __future__ import annotations

import io
import logging
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from clinic import encryption
from clinic.settings import PROJECT, SettingsError, environment

logger = logging.getLogger(__name__)

NAME = "CLINIC_SPEECH_MODEL"
# Whisper makes words out of silence; below this it says so itself.
_NO_SPEECH = 0.6


class Transcriber(Protocol):
    """What listens."""

    def transcribe(self, content: bytes, mime_type: str) -> str:
        """The words of a recording in whichever language is spoken; "" where there are none. Any error is an error."""


class Whisper:
    """faster-whisper on the processor, in eight-bit numbers. It reads ogg by itself and finds the language by itself."""

    def __init__(self, folder: Path) -> None:
        try:
            from faster_whisper import WhisperModel
        except ImportError:
            raise SettingsError(f"{NAME} needs the package faster-whisper (docs/decisions/0014-media.md)") from None
        self._model: Any = WhisperModel(str(folder), device="cpu", compute_type="int8", local_files_only=True)

    def transcribe(self, content: bytes, mime_type: str) -> str:
        """See `Transcriber`."""
        segments, _ = self._model.transcribe(io.BytesIO(content), vad_filter=True, condition_on_previous_text=False)
        return " ".join(part.text.strip() for part in segments if part.no_speech_prob < _NO_SPEECH).strip()


def wanted() -> bool:
    """Shall voice notes become words? Then a message waits for its transcript. Without a key none is ever kept."""
    return bool(environment().get(NAME, "").strip()) and encryption.available()


@lru_cache(maxsize=1)
def transcriber() -> Transcriber | None:
    """This process's transcriber, loaded once; None where none is set. SettingsError when it cannot be had."""
    written = environment().get(NAME, "").strip()
    if not written:
        return None
    folder = Path(written) if Path(written).is_absolute() else PROJECT / written
    if not folder.is_dir():
        raise SettingsError(f"{NAME}={written!r} is no folder: it has to hold a speech model for faster-whisper")
    logger.info("voice notes become words")
    return Whisper(folder)
