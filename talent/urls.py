"""Addresses of talent."""

from django.urls import path

urlpatterns: list = []
