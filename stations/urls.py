"""Addresses of stations: stations/, organizations/, station-months/ and station-targets/
(stations/entities.py)."""

from core.entities.addresses import addresses_of

urlpatterns = addresses_of("stations")
