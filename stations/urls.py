"""Addresses of stations: stations/, organizations/ and station-months/ (stations/entities.py)."""

from core.entities.addresses import addresses_of

urlpatterns = addresses_of("stations")
