"""Pages of the dashboard, the lists behind its numbers, definitions, and targets."""
