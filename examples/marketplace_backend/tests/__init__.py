"""What must be true of the marketplace's backend: on a real PostgreSQL, over real HTTP, in a real browser."""
