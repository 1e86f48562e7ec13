"""Simple questions about one crop, asked without a problem."""
