"""Writing that is done whole or not at all: text goes to a file beside the target, which then takes its name."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path


def write_text(path: str | Path, text: str) -> Path:
    """Write `text` as UTF-8; whatever interrupts it leaves the old file whole.

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


def write_folder(folder: str | Path, texts: Mapping[str, str], *, stale: Iterable[str] = ()) -> list[Path]:
    """Write files by name into a folder, made where it is missing, and remove the `stale` ones: all of it or nothing.

    Raises
    ------
    OSError : something cannot be written or replaced; the folder is then as it was before.
    """
    home = Path(folder)
    made = [parent for parent in (home, *home.parents) if not parent.exists()]
    home.mkdir(parents=True, exist_ok=True)
    try:
        # Inside the folder, so that the last step is a rename on one file system.
        with tempfile.TemporaryDirectory(dir=home, prefix=".writing-", ignore_cleanup_errors=True) as scratch:
            new, old = Path(scratch, "new"), Path(scratch, "old")
            new.mkdir()
            old.mkdir()
            for name, text in texts.items():
                _write(new / name, text)
            _swap(home, [*texts], [*stale], new=new, old=old)
    except BaseException:
        for parent in made:
            with suppress(OSError):
                parent.rmdir()
        raise
    return [home / name for name in texts]


def _write(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8", newline="") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())


def _swap(home: Path, names: list[str], stale: list[str], *, new: Path, old: Path) -> None:
    """Give the new files their names and remove the stale ones; when one step fails, undo those before it."""
    kept = [name for name in (*names, *stale) if (home / name).is_file()]
    for name in kept:
        shutil.copy2(home / name, old / name)
    done: list[str] = []
    try:
        for name in names:
            (new / name).replace(home / name)
            done.append(name)
        for name in stale:
            (home / name).unlink(missing_ok=True)
            done.append(name)
    except BaseException:
        for name in done:
            if name in kept:
                (old / name).replace(home / name)
            else:
                (home / name).unlink(missing_ok=True)
        raise
