"""What can be promised beside a plan, and where promises are kept."""
