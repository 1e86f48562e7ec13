"""Outcomes → better transit and ripening parameters: what was observed corrects what was assumed."""
