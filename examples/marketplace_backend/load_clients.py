"""The clients of the load: they quote, reserve, confirm and cancel over HTTP, and remember what they were told."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import statistics
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import harvest_planner as hp
from examples.marketplace_backend.keys import made
from examples.marketplace_backend.offers import opened, sealed
from examples.marketplace_backend.problem_documents import KINDS
from examples.marketplace_backend.start import Service

PLACES = ("ha-noi", "bac-ninh", "hai-phong", "nghe-an", "da-nang", "ho-chi-minh", "can-tho", "ca-mau")
ANSWER_S = 180.0
"""How long a request is sent again and again; a busy machine takes its time to start a service [s]."""
QUOTE_EVERY = 10
"""Of so many buyers one is quoted; the others take what he was offered, each for an order of his own."""


@dataclass
class Totals:
    """What all clients were told together."""

    attempts: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    undocumented: list[str] = field(default_factory=list)
    details: dict[str, str] = field(default_factory=dict)
    """Of each kind of problem the last one's own words."""
    cut: int = 0
    """Connections refused or cut; the request was sent again with the same key."""
    cut_under_load: int = 0
    confirmed: dict[str, str] = field(default_factory=dict)
    """Reservation → order, of those confirmed and not cancelled."""
    freed: set[str] = field(default_factory=set)
    reserve_ms: list[float] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def told(self) -> dict[str, Any]:
        """The figures."""
        cuts = statistics.quantiles(self.reserve_ms, n=100) if len(self.reserve_ms) > 1 else [0.0] * 99
        return {
            "attempts": self.attempts,
            "attempts_per_s": round(self.attempts / max(self.seconds, 1e-9), 1),
            "seconds": round(self.seconds, 1),
            "reserve_ms": {"p50": round(cuts[49], 1), "p95": round(cuts[94], 1), "p99": round(cuts[98], 1)},
            "kills": dict(self.kills),
            "cut_connections": self.cut_under_load,
            "confirmed_and_kept": len(self.confirmed),
            "answers": dict(sorted(self.answers.items())),
            "details": self.details,
            "undocumented": self.undocumented[:10],
        }


class Caller:
    """One connection to the service; a cut request is sent again."""

    def __init__(self, port: int, key: str, totals: Totals, lock: threading.Lock) -> None:
        self._port, self._key, self._totals, self._lock = port, key, totals, lock
        self._line: http.client.HTTPConnection | None = None

    def call(
        self, method: str, path: str, body: object = None, *, key: str = "", named: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """Status and body of the answer, whatever it takes to get one."""
        until = time.monotonic() + ANSWER_S
        while time.monotonic() < until:
            try:
                status, kind, text = self._once(method, path, body, key)
            except (OSError, http.client.HTTPException):
                self.close()
                with self._lock:
                    self._totals.cut += 1
                time.sleep(0.05)
                continue
            found = json.loads(text) if text else {}
            self._note(f"{method} {named or path}", status, kind, found)
            if status != 503:
                return status, found
            time.sleep(0.2)
        raise RuntimeError(f"{method} {named or path}: no answer in {ANSWER_S:.0f} s")

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _once(self, method: str, path: str, body: object, key: str) -> tuple[int, str, bytes]:
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=90)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        self._line.request(method, path, None if body is None else json.dumps(body), headers)
        answer = self._line.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read()

    def _note(self, what: str, status: int, kind: str, found: Any) -> None:
        name = str(found.get("type", "")) if status >= 400 and isinstance(found, dict) else ""
        known = status < 300 or (kind == "application/problem+json" and name in KINDS and KINDS[name].status == status)
        with self._lock:
            self._totals.answers[f"{what} {status} {name}".strip()] += 1
            if name:
                self._totals.details[name] = str(found.get("detail"))
            if not known or status == 500:
                self._totals.undocumented.append(f"{what} {status} {kind} {str(found)[:200]}")


class Buyers:
    """So many clients that share a number of attempts."""

    def __init__(self, port: int, clients: int, attempts: int, seed: int) -> None:
        self._port, self._clients, self._attempts, self._seed = port, clients, attempts, seed
        self.totals, self._lock = Totals(), threading.Lock()
        self._keys = made("marketplace"), made("cooperative")
        self._begun = 0

    def wait_until_planned(self, longest_s: float) -> None:
        """Until the service answers and has a plan."""
        until = time.monotonic() + longest_s
        with closing(self.caller(1)) as office:
            while office.call("GET", "/v1/plans/current")[0] != 200:
                if time.monotonic() > until:
                    raise RuntimeError("there is no plan")
                time.sleep(0.5)

    def replan(self, longest_s: float) -> None:
        """Plan again with what was promised, and wait for it."""
        until = time.monotonic() + longest_s
        with closing(self.caller(1)) as office:
            job: dict[str, Any] = office.call("POST", "/v1/replans", {})[1]
            while job["state"] not in ("done", "failed") and time.monotonic() < until:
                time.sleep(0.3)
                job = office.call("GET", f"/v1/jobs/{job['id']}", named="/v1/jobs/{job_id}")[1]
        if job["state"] != "done":
            raise RuntimeError(f"the last re-plan is {job['state']}: {job['problem']}")

    def run(self, *, replan_every_s: float, longest_s: float) -> Totals:
        """All attempts, or as many as the time allows."""
        until, done = time.monotonic() + longest_s, threading.Event()
        began_s, cut = time.monotonic(), self.totals.cut
        threads = [threading.Thread(target=self._buy, args=(number, until)) for number in range(self._clients)]
        office = threading.Thread(target=self._plan_now_and_then, args=(replan_every_s, done))
        for thread in (*threads, office):
            thread.start()
        for thread in threads:
            thread.join()
        self.totals.cut_under_load = self.totals.cut - cut
        self.totals.seconds = time.monotonic() - began_s
        done.set()
        office.join()
        return self.totals

    def _plan_now_and_then(self, every_s: float, done: threading.Event) -> None:
        with closing(self.caller(1)) as office:
            while not done.wait(every_s):
                office.call("POST", "/v1/replans", {})

    def caller(self, which: int) -> Caller:
        return Caller(self._port, self._keys[which], self.totals, self._lock)

    def _buy(self, number: int, until: float) -> None:
        with closing(self.caller(0)) as caller:
            self._buy_over(caller, random.Random(self._seed * 1000 + number), until)

    def _buy_over(self, caller: Caller, chance: random.Random, until: float) -> None:
        known: list[hp.Offer] = []
        while time.monotonic() < until:
            with self._lock:
                if self._begun >= self._attempts:
                    return
                self._begun += 1
                buyer = self._begun
            if not known or buyer % QUOTE_EVERY == 0:
                known = self._quoted(caller, f"load-{buyer:06}-asked", chance) or known
            if known:
                self._take(caller, chance.choice(known), f"load-{buyer:06}", chance)

    def _quoted(self, caller: Caller, order_id: str, chance: random.Random) -> list[hp.Offer]:
        asked = small_order(order_id, chance)
        status, found = caller.call("POST", "/v1/quotes", {"order": asked})
        return [opened(one["token"]) for one in found["offers"]] if status == 200 else []

    def _take(self, caller: Caller, offer: hp.Offer, order_id: str, chance: random.Random) -> None:
        own = offer.model_copy(update={"order": offer.order.model_copy(update={"id": order_id})})
        lapses = chance.random() < 0.1
        wanted = {"token": sealed(own), "hold_min": 0.02 if lapses else 15.0}
        began_s = time.perf_counter()
        status, held = caller.call("POST", "/v1/reservations", wanted, key=order_id)
        with self._lock:
            self.totals.attempts += 1
            self.totals.reserve_ms.append((time.perf_counter() - began_s) * 1000)
        if status == 201 and not lapses:
            self._decide(caller, held["id"], order_id, chance)
        elif status == 409 and chance.random() < 0.3:
            self._free_another(caller, chance)

    def _decide(self, caller: Caller, reservation_id: str, order_id: str, chance: random.Random) -> None:
        """Most confirm, the rest cancel."""
        if chance.random() < 0.7:
            status, _ = caller.call(
                "POST", f"/v1/reservations/{reservation_id}/confirm", named="/v1/reservations/{id}/confirm"
            )
            if status == 200:
                with self._lock:
                    self.totals.confirmed[reservation_id] = order_id
        else:
            self._cancel(caller, reservation_id)

    def _free_another(self, caller: Caller, chance: random.Random) -> None:
        """Where all is sold: somebody who confirmed before thinks better of it."""
        with self._lock:
            if not self.totals.confirmed:
                return
            reservation_id = chance.choice(list(self.totals.confirmed))
            del self.totals.confirmed[reservation_id]
        self._cancel(caller, reservation_id)

    def _cancel(self, caller: Caller, reservation_id: str) -> None:
        path = f"/v1/reservations/{reservation_id}/cancel"
        if caller.call("POST", path, named="/v1/reservations/{id}/cancel")[0] == 200:
            with self._lock:
                self.totals.freed.add(reservation_id)


class Killer:
    """Kills an HTTP worker or a planning worker now and then; what was killed is started again."""

    def __init__(self, service: Service, every_s: float, seed: int) -> None:
        self._service, self._every_s, self._chance = service, every_s, random.Random(seed)
        self._done, self.kills = threading.Event(), Counter[str]()
        self._thread = threading.Thread(target=self._kill_now_and_then)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop killing."""
        self._done.set()
        self._thread.join()

    def _kill_now_and_then(self) -> None:
        while not self._done.wait(self._chance.uniform(0.5, 1.5) * self._every_s):
            web, *planners = self._service.pids()
            workers = [pid for pid in children(web) if "spawn_main" in command(pid)]
            victim = self._chance.choice([*workers, *planners] or [web])
            self.kills["planning worker" if victim in planners else "http worker"] += 1
            os.kill(victim, signal.SIGKILL)
            time.sleep(0.2)
            self._service.revive()


def children(pid: int) -> list[int]:
    """The processes that one began (Linux)."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(one) for one in found.split()]


def command(pid: int) -> str:
    """How a process was started."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").replace("\0", " ")
    except OSError:
        return ""


def small_order(order_id: str, chance: random.Random) -> dict[str, Any]:
    """An order of one to three kilograms for one of some towns."""
    return {
        "id": order_id,
        "crop_id": "na-chi-lang",
        "quantity_kg": chance.randint(1, 3),
        "destination_id": chance.choice(PLACES),
        "deliver_until_at": f"2026-08-{chance.randint(13, 17)}T20:00:00+07:00",
        "price_vnd_per_kg": 90_000,
    }
