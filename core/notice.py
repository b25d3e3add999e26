"""The notice of how personal data are processed (PIPL articles 17, 30 and 35)."""

# Raised with every change of its text; kept with each worker's activation.
NOTICE_VERSION = "2026-11-23"
