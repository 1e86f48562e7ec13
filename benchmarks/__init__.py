"""Timings, each printed by a command of its own."""
