"""Addresses of the forms of other offices, below /papers/."""

from django.urls import path

from core.papers import views

urlpatterns = [
    path("", views.papers, name="paper_list"),
    path("standing/<slug:code>/", views.fill_standing, name="paper_standing"),
    path("<uuid:pk>/", views.paper, name="paper_detail"),
    path("<uuid:pk>/fill/", views.fill, name="paper_fill"),
    path("<uuid:pk>/remove/", views.remove, name="paper_remove"),
]
