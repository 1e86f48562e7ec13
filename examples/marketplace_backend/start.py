"""Start everything: PostgreSQL, its tables, HTTP workers, planning workers; and stop what was started.

`examples/marketplace_backend/run` calls this. On a server each part would be a unit of its own; see README.md.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from examples.marketplace_backend.postgres import Cluster

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATIENCE_S = 20


@dataclass
class Service:
    """The processes of the service; a planning worker that dies is started again, HTTP workers by uvicorn."""

    environment: dict[str, str]
    port: int
    http_workers: int = 2
    planners: int = 1
    _running: list[tuple[Sequence[str], subprocess.Popen[bytes]]] = field(default_factory=list)

    def start(self) -> None:
        """Start HTTP workers and planning workers."""
        http = [sys.executable, "-m", "uvicorn", "--factory", "examples.marketplace_backend.app:create_app"]
        http += ["--host", "127.0.0.1", "--port", str(self.port), "--workers", str(self.http_workers)]
        http += ["--no-access-log", "--log-level", "warning", "--no-server-header", "--timeout-graceful-shutdown", "10"]
        self._run(http)
        for _ in range(self.planners):
            self._run([sys.executable, "-m", "examples.marketplace_backend.worker"])

    def revive(self) -> None:
        """Start again what has ended."""
        for index, (command, process) in enumerate(self._running):
            if process.poll() is not None:
                self._running[index] = (command, self._begun(command))

    def pids(self) -> tuple[int, ...]:
        """Of the processes started here; uvicorn's own children are theirs."""
        return tuple(process.pid for _, process in self._running)

    def stop(self) -> None:
        """End all that runs: asked first, then killed."""
        for _, process in self._running:
            process.terminate()
        for _, process in self._running:
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def _run(self, command: Sequence[str]) -> None:
        self._running.append((command, self._begun(command)))

    def _begun(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=self.environment, cwd=ROOT, stdin=subprocess.DEVNULL)


def environment_of(cluster: Cluster, **more: str) -> dict[str, str]:
    """The environment of every process of the service on that cluster."""
    secret = cluster.folder / "secret"
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(48), encoding="ascii")
    paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "MARKETPLACE_DATABASE_URL": cluster.url,
        "MARKETPLACE_SECRET": secret.read_text(encoding="ascii"),
        **more,
    }


def migrate(environment: dict[str, str]) -> None:
    """Bring the tables up to date."""
    alembic = [sys.executable, "-m", "alembic", "-c", str(HERE / "alembic.ini"), "upgrade", "head"]
    subprocess.run(alembic, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, check=True)


def main() -> None:
    """Run until told to stop."""
    asked = _arguments()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    cluster = Cluster(asked.data.resolve(), asked.postgres_port)
    cluster.start()
    with tempfile.TemporaryDirectory() as counts:
        more = {"PROMETHEUS_MULTIPROC_DIR": counts, "MARKETPLACE_SECURE_COOKIES": "false"}
        environment = environment_of(cluster, **more)
        service = Service(environment, asked.port, asked.http_workers, asked.planners)
        try:
            migrate(environment)
            if asked.demo:
                environment |= _demonstrated(environment)
            service.start()
            print(f"http://127.0.0.1:{asked.port}/  (data in {cluster.folder}; Ctrl-C stops everything)", flush=True)
            while not stop.wait(1.0):
                service.revive()
        finally:
            service.stop()
            cluster.stop()


def _demonstrated(environment: dict[str, str]) -> dict[str, str]:
    """The week of Chi Lăng, with a clock of its own, and one key of each role on the screen."""
    told = subprocess.run(
        [sys.executable, "-m", "examples.marketplace_backend.demonstration"],
        env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    first, *keys = told.stdout.splitlines()
    print(*keys, sep="\n", flush=True)
    return {"MARKETPLACE_CLOCK_AHEAD_S": first}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="run", description="The marketplace's backend and its PostgreSQL, on loopback."
    )
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--postgres-port", type=int, default=54320)
    parser.add_argument("--data", type=Path, default=Path(f"/var/tmp/marketplace_backend_{os.geteuid()}"))
    parser.add_argument("--http-workers", type=int, default=2)
    parser.add_argument("--planners", type=int, default=1)
    parser.add_argument("--demo", action="store_true", help="the week of Chi Lăng: orchard, orders, a plan, keys")
    return parser.parse_args()


if __name__ == "__main__":
    main()
