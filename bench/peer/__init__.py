"""The peer of the benchmark: a stock Django admin and a stock import-export resource."""
