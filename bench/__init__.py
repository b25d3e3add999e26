"""The benchmark behind docs/performance.md: own data, own servers, a peer for each figure."""
