"""What growers report, from a phone or a team's table, read into batches through a review queue."""
