"""Rows of numbers in, the best joint allocation with a proven bound out; knows nothing of fruit."""
