"""The cooperative planner's pages: rendered here, no script, no resource from elsewhere."""
