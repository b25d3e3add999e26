"""Addresses of projects: projects/, milestones/ and payments/ (projects/entities.py)."""

from core.entities.addresses import addresses_of

urlpatterns = addresses_of("projects")
