"""Exports of marketplaces read into orders, by an editable map of their columns."""
