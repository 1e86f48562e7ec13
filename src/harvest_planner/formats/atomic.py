"""Writing that is done whole or not at all: text goes to a file beside the target, which then takes its name."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

_SCRATCH = ".writing-"
Text = str | bytes | Iterable[str]
"""What a file is to hold; an iterable is written piece by piece, as UTF-8."""
Files = Mapping[str, Text] | Iterable[tuple[str, Text]]
"""Files by name, in order; an iterable is gone through once, a file at a time."""


def pairs(files: Files) -> Iterable[tuple[str, Text]]:
    """The files one by one."""
    return files.items() if isinstance(files, Mapping) else files


def write_text(path: str | Path, text: str | bytes) -> Path:
    """Write a text as UTF-8, or bytes as they are; whatever interrupts it leaves the old file whole.

    Raises
    ------
    OSError : the folder is missing or cannot be written to.
    """
    target = Path(os.path.realpath(path))
    waiting = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        _write(waiting, text)
        waiting.replace(target)
    finally:
        waiting.unlink(missing_ok=True)
    return Path(path)


def write_folder(folder: str | Path, texts: Files, *, stale: Iterable[str] = ()) -> list[Path]:
    """Write files by name into a folder, made where it is missing, and remove the `stale` ones: all of it or nothing.

    A name may lead into a folder below (sheets/g1.html). `stale` is gone through after all files are made.

    Raises
    ------
    ValueError : a name leads out of the folder.
    OSError : something cannot be written or replaced; the folder is then as it was before.
    """
    home = Path(folder)
    names: list[str] = []
    made: list[Path] = []
    try:
        _make(home, made)
        # Inside the folder, so that the last step is a rename on one file system.
        with tempfile.TemporaryDirectory(dir=home, prefix=_SCRATCH, ignore_cleanup_errors=True) as scratch:
            new, old = Path(scratch, "new"), Path(scratch, "old")
            for name, text in pairs(texts):
                _refuse_outside(name)
                names.append(name)
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                _write(new / name, text)
                _make((home / name).parent, made)
            _swap(home, names, [*stale], new=new, old=old)
    except BaseException:
        for parent in reversed(made):
            with suppress(OSError):
                parent.rmdir()
        raise
    return [home / name for name in names]


def _refuse_outside(name: str) -> None:
    parts = re.split(r"[/\\]", name)
    if not all(part.strip(". ") for part in parts) or ":" in name or "\0" in name or name.startswith(_SCRATCH):
        raise ValueError(f"the file name {name!r} may not lead out of the folder; give a plain name such as g1.html")


def _make(folder: Path, made: list[Path]) -> None:
    """Make the folder and those above it; the new ones join `made`, outermost first."""
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    made.extend(reversed(missing))


def _write(path: Path, text: Text) -> None:
    with path.open("xb") as handle:
        for piece in (text,) if isinstance(text, (str, bytes)) else text:
            handle.write(piece.encode("utf-8") if isinstance(piece, str) else piece)
        handle.flush()
        os.fsync(handle.fileno())


def _swap(home: Path, names: list[str], stale: list[str], *, new: Path, old: Path) -> None:
    """Give the new files their names and remove the stale ones; when one step fails, undo those before it."""
    kept = [name for name in (*names, *stale) if (home / name).is_file()]
    for name in kept:
        (old / name).parent.mkdir(parents=True, exist_ok=True)
        _keep(home / name, old / name)
    done: list[str] = []
    try:
        for name in names:
            done.append(name)
            (new / name).replace(home / name)
        for name in stale:
            done.append(name)
            (home / name).unlink(missing_ok=True)
    except BaseException:
        for name in done:
            _undo(home / name, old / name if name in kept else None)
        raise


def _keep(path: Path, kept: Path) -> None:
    """A second name for the old file, or a copy of it where the file system knows no second names."""
    try:
        kept.hardlink_to(path)
    except OSError:
        shutil.copy2(path, kept)


def _undo(path: Path, old: Path | None) -> None:
    """As it was before: the old file, or none; what is no file (a folder of that name) was never replaced."""
    with suppress(OSError):
        if old is not None:
            old.replace(path)
        else:
            path.unlink(missing_ok=True)
