"""How rows of ledgers become stations, and how ledgers name stations and organisations."""
