"""Addresses of reports."""

from django.urls import path

urlpatterns: list = []
