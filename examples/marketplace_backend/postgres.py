"""A PostgreSQL of the service's own: Debian's package, a data folder, a port on loopback, started and stopped here."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

NAME = "marketplace"
START_S = 60


@dataclass(frozen=True)
class Cluster:
    """A data folder and the port its server listens on."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """How SQLAlchemy reaches it."""
        return f"postgresql+psycopg://{NAME}:{self._password()}@127.0.0.1:{self.port}/{NAME}"

    def start(self) -> None:
        """Make the folder where there is none, and start the server where it does not run."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _refuse_foreign(self.folder)
        data = self.folder / "data"
        if not (data / "PG_VERSION").exists():
            self._initialise(data)
        if not self._running():
            options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.folder}"
            _as_server("pg_ctl", "start", "-w", "-t", str(START_S), "-D", str(data), "-o", options,
                       "-l", str(self.folder / "postgres.log"))  # fmt: skip

    def stop(self) -> None:
        """Stop the server; what was committed stays in the folder."""
        if self._running():
            _as_server("pg_ctl", "stop", "-m", "fast", "-w", "-t", str(START_S), "-D", str(self.folder / "data"))

    def _initialise(self, data: Path) -> None:
        _give_to_server(self.folder)
        secret = self.folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(24), encoding="ascii")
        _give_to_server(secret)
        _as_server("initdb", "-D", str(data), "-U", NAME, "--auth=scram-sha-256", f"--pwfile={secret}",
                   "--encoding=UTF8", "--locale=C.UTF-8")  # fmt: skip
        _as_server("postgres", "--single", "-D", str(data), "postgres", told=f"CREATE DATABASE {NAME}\n")

    def _running(self) -> bool:
        command = _command("pg_ctl", "status", "-D", str(self.folder / "data"))
        return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False).returncode == 0

    def _password(self) -> str:
        return (self.folder / "password").read_text(encoding="ascii")


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def binaries() -> Path:
    """The folder of Debian's newest server; the package is installed where there is none and we may."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found and shutil.which("initdb"):
        return Path(str(shutil.which("initdb"))).parent
    if not found:
        _install()
        return binaries()
    return found[-1].parent


def _install() -> None:
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # Without a cluster of Debian's own: ours has its folder and port.
    install = ["apt-get", "install", "-qq", "--yes", "--no-install-recommends", "postgresql"]
    steps = (["apt-get", "update", "-qq"], install)
    for step in steps:
        done = subprocess.run([*root, *step], stdin=subprocess.DEVNULL, env=quiet, capture_output=True, check=False)
        if done.returncode:
            raise SystemExit("PostgreSQL is not here and cannot be installed: apt-get install postgresql")


def _server_user() -> str | None:
    """The account to run the server as: never root."""
    return "postgres" if os.geteuid() == 0 else None


def _give_to_server(path: Path) -> None:
    """The server's own account must own its folder."""
    user = _server_user()
    if user:
        shutil.chown(path, user, user)


def _command(program: str, *arguments: str) -> list[str]:
    user = _server_user()
    as_user = ["runuser", "-u", user, "--"] if user else []
    return [*as_user, str(binaries() / program), *arguments]


def _as_server(program: str, *arguments: str, told: str | None = None) -> None:
    done = subprocess.run(
        _command(program, *arguments), input=told or "", cwd="/", text=True, check=False,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{program} failed: {done.stderr or 'see postgres.log in the data folder'}")


def _refuse_foreign(folder: Path) -> None:
    """A folder that another account made is not ours to run a server on."""
    ours: Sequence[int] = (os.geteuid(), *((_uid("postgres"),) if os.geteuid() == 0 else ()))
    if folder.stat().st_uid not in ours:
        raise SystemExit(f"{folder} belongs to another account; name a folder of your own with --data")


def _uid(user: str) -> int:
    import pwd

    try:
        return pwd.getpwnam(user).pw_uid
    except KeyError:
        return -1
