"""Reading and writing problems and plans; touches records only."""
