"""A plan that meets what happened since, and changes as little as it can."""
