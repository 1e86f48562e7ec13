"""A plan played forward under chance: parcels drawn one by one by the planner's laws, not by its propagation."""
