"""What may be counted, one population a module: rows as of a day, their place and facts."""
