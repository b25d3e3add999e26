"""The pages of an entity. Each receives the entity; one that differs is a subclass of it alone."""
