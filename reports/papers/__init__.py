"""What forms of other offices may ask the registry to count, and the tables that everybody is
asked for."""
