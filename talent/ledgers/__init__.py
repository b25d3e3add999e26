"""How rows of ledgers become people and graduates, and how they meet those in the registry."""
