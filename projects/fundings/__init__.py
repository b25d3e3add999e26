"""Where the money of a project comes from, an amount for each source."""
