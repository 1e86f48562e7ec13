"""A second opinion on small problems, written from docs/explanation/the_model.md alone.

Nothing here calls the planner or the referee: schema records, the catalogue and the published rate laws are all it
shares with the library. Every problem it is asked must stay inside one calendar month of ambient temperatures.
"""
