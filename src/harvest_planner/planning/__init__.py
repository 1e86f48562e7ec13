"""Candidates → allocation → plan; the referee; advice for one order."""
