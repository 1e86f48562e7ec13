"""Frozen pydantic records: what you hand in, what you get back."""
