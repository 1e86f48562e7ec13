"""A plan as short messages to growers: SMS without accents, Zalo with them, a reminder before fruit is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from harvest_planner.formats.duties import Loss, PickDay, losses, pick_days
from harvest_planner.formats.gsm import MOST_SEPTETS, gsm7_septets, is_plain, plain_code
from harvest_planner.formats.names import clean, grower_name, local_text, place_name
from harvest_planner.formats.words import Words, words
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.plan import HarvestPlan, Pick
from harvest_planner.schema.problem import PlanningProblem

Kind = Literal["sms", "zalo"]
_LONGEST_CODE = 24


@dataclass(frozen=True)
class Message:
    """One message to one grower; it tells nothing of buyers but places."""

    grower_id: str
    send_on: dt.date
    """The day before what it is about."""
    about: Literal["pick", "loss"]
    text: str
    """On one line; an SMS fits 160 letters of GSM-7."""


def messages(plan: HarvestPlan, problem: PlanningProblem, *, kind: Kind, language: str = "vi") -> Iterator[Message]:
    """The messages of a plan, by the day to send them and by grower.

    A grower gets one for each day of picking, of SMS as many as it takes, each whole in itself; and a reminder the day
    before fruit of a batch would be lost.

    Raises
    ------
    ValueError : there is no such kind or language.
    """
    if kind not in ("sms", "zalo"):
        raise ValueError(f"no kind of message {kind!r}; one of sms, zalo")
    writer = (_Sms if kind == "sms" else _Zalo)(problem, words(language))
    found = [
        *(Message(day.grower_id, day.pick_on - dt.timedelta(days=1), "pick", text)
          for day in pick_days(plan, problem) for text in writer.picks(day)),
        *(Message(loss.grower_id, loss.remind_on, "loss", writer.loss(loss)) for loss in losses(plan, problem)),
    ]  # fmt: skip
    yield from sorted(found, key=lambda message: (message.send_on, message.grower_id, message.about == "loss"))


class _Sms:
    """Digits in a fixed order: who, day, hours, plot, stage, kilograms."""

    def __init__(self, problem: PlanningProblem, spoken: Words) -> None:
        self._problem, self._words = problem, spoken
        self._numbers: dict[str, int] = {}
        counts: dict[str, int] = {}
        for batch in sorted(problem.batches, key=lambda one: one.id):
            counts[batch.grower_id] = counts.get(batch.grower_id, 0) + 1
            self._numbers[batch.id] = counts[batch.grower_id]
        self._growers = {grower.id: number for number, grower in enumerate(problem.growers, start=1)}

    def picks(self, day: PickDay) -> Iterator[str]:
        """As many messages as it takes, each with as many picks as it holds."""
        parts = [self._pick(pick) for pick in day.picks]
        while parts:
            size = len(parts)
            while size > 1 and not _fits(self._day(day, parts[:size])):
                size -= 1
            yield self._day(day, parts[:size])
            parts = parts[size:]

    def loss(self, loss: Loss) -> str:
        """That fruit will be lost tomorrow."""
        return self._words.say(
            "sms.loss",
            grower=self._who(loss.grower_id),
            day=_short(loss.remind_on),
            plot=self._plot(loss.batch),
            kg=loss.left_kg,
            lost_on=_short(loss.lost_on),
        )

    def _day(self, day: PickDay, parts: Sequence[str]) -> str:
        return self._words.say(
            "sms.day",
            grower=self._who(day.grower_id),
            day=_short(day.pick_on),
            from_clock=day.from_at.time(),
            until_clock=day.until_at.time(),
            picks="; ".join(parts),
        )

    def _pick(self, pick: Pick) -> str:
        batch = self._problem.batch(pick.batch_id)
        return self._words.say("sms.pick", plot=self._plot(batch), stage=_code(pick.stage_id) or "-", kg=pick.kg)

    def _plot(self, batch: Batch) -> str:
        """The plot's name, else the batch's id, else its number among the grower's: whatever can be read in one way."""
        names = (_code(name) for name in (batch.plot or "", batch.id))
        return next((name for name in names if name), f"v{self._numbers[batch.id]}")

    def _who(self, grower_id: str) -> str:
        return _code(grower_id) or f"h{self._growers.get(grower_id, 0)}"


class _Zalo:
    """Whole sentences with accents, on one line."""

    def __init__(self, problem: PlanningProblem, spoken: Words) -> None:
        self._problem, self._words = problem, spoken
        self._place = lru_cache(maxsize=None)(lambda place_id: place_name(problem, place_id))

    def picks(self, day: PickDay) -> Iterator[str]:
        """One message for the day."""
        yield self._words.say(
            "zalo.day",
            grower=grower_name(self._problem, day.grower_id),
            day=day.pick_on,
            from_clock=day.from_at.time(),
            until_clock=day.until_at.time(),
            picks="; ".join(map(self._pick, day.picks)),
            kg=day.kg,
        )

    def loss(self, loss: Loss) -> str:
        """That fruit will be lost tomorrow."""
        return self._words.say(
            "zalo.loss",
            grower=grower_name(self._problem, loss.grower_id),
            plot=clean(loss.batch.plot or loss.batch.id),
            kg=loss.left_kg,
            lost_on=loss.lost_on,
        )

    def _pick(self, pick: Pick) -> str:
        batch = self._problem.batch(pick.batch_id)
        stages = {stage.id: stage for stage in self._problem.crop(batch.crop_id).stages}
        stage = stages.get(pick.stage_id)
        named = stage is not None and (stage.name or stage.name_vi)
        places = [*dict.fromkeys(self._place(place_id) for place_id in pick.destination_ids)]
        if pick.surplus_kg > 0:
            places.append(self._words.say("batches.local_market"))
        return self._words.say(
            "zalo.pick_named" if named else "zalo.pick",
            plot=clean(batch.plot or batch.id),
            batch=clean(batch.id),
            stage=clean(pick.stage_id),
            kg=pick.kg,
            places=", ".join(places),
            **({"stage_name": local_text(stage.name, stage.name_vi)} if stage and named else {}),
        )


def _code(text: str) -> str:
    """A name for an SMS; empty where it is too long or can be read in two ways."""
    code = plain_code(text)
    return code if code and len(code) <= _LONGEST_CODE and is_plain(code) else ""


def _short(day: dt.date) -> str:
    return f"{day.day}/{day.month}"


def _fits(text: str) -> bool:
    septets = gsm7_septets(text)
    return septets is not None and septets <= MOST_SEPTETS
