"""A marketplace's backend built on harvest_planner: an example to copy."""
