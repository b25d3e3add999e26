"""Addresses of stations."""

from django.urls import path

urlpatterns: list = []
