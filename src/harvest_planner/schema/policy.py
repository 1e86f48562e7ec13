"""The choices of a cooperative: what it accepts, what it prices, how far it looks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from harvest_planner.schema.quantities import Degc, NonNegative, Record, Share


class Policy(Record):
    """How a plan weighs risk, reviews and effort."""

    min_good_share: Share = 0.6
    """No shipment promises less."""
    min_parcel_good_share: Share = 0.0
    """No shipment whose parcel satisfies the buyer with less probability."""
    review_cost_vnd: NonNegative = 0.0
    """Cost of one parcel that disappoints [VND]."""
    earliness_cost_vnd_per_kg_day: NonNegative = 0.0
    """Cost of each day that a parcel waits between its arrival and `deliver_from_at` [VND/kg per day]."""
    lateness_cost_vnd_per_kg_day: NonNegative = 0.0
    """Cost of each day that a parcel is delivered after `due_at`, up to its deadline [VND/kg per day]."""
    max_safety_risk: Share = 0.001
    """Probability of breaking the food-safety cap that is still accepted."""
    max_picks_per_batch: Annotated[int, Field(ge=1)] | None = None
    """Picking trips to one batch at most; none: no limit."""
    handling_h: NonNegative = 2.0
    """From the end of picking to ready for the carrier: carrying down and packing [h]."""
    default_ambient_degc: Degc = 28.0
    """Air temperature where nothing better is known [°C]; an assumption."""
    terminal_share: Share = 1.0
    """What fruit still sound on the tree at the horizon is worth, as a share of its surplus price."""
    horizon_days: Annotated[int, Field(ge=1, le=366)] = 14
    """Days on which picks are planned, the first being as_of's [d]."""
    gap: Annotated[float, Field(ge=0, lt=1)] = 1e-4
    """Relative distance to the proven bound at which planning stops; 0 also settles ties."""
    freeze_h: NonNegative = 12.0
    """What is planned of picks that start within this time stays in a re-plan [h]."""
    change_cost_vnd_per_kg: NonNegative = 0.0
    """Price of changing a published pick in a re-plan [VND/kg]."""
    drop_firm_cost_vnd_per_kg: NonNegative | None = None
    """Price of dropping a firm order in a re-plan [VND/kg]; none: it is not dropped."""
    reputation_weight: NonNegative = 0.0
    """How much a grower's reputation counts: a kilogram of one whose deliveries are all good is worth so much more than
    of one whose are none [VND/kg]; new growers count as 0.9."""
    fairness_weight: NonNegative = 0.0
    """How much it counts that each grower ships his part of what is asked of a crop, by what he offers of it: each
    kilogram that he ships short of it costs this share of the mean price of the crop's orders."""
