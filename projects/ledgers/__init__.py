"""How rows of ledgers become projects and their opening balances."""
