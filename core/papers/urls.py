"""Addresses of the forms of other offices, below /papers/."""

from django.urls import path

from core.papers import comparison_views, views

urlpatterns = [
    path("", views.papers, name="paper_list"),
    path("standing/<slug:code>/", views.fill_standing, name="paper_standing"),
    path("compare/", comparison_views.comparisons, name="compare_list"),
    path("compare/<uuid:pk>/", comparison_views.comparison, name="compare_detail"),
    path("compare/<uuid:pk>/columns/", comparison_views.columns, name="compare_columns"),
    path("compare/<uuid:pk>/again/", comparison_views.again, name="compare_again"),
    path("compare/<uuid:pk>/cancel/", comparison_views.cancel, name="compare_cancel"),
    path("compare/<uuid:pk>/import/", comparison_views.take_in, name="compare_import"),
    path("compare/<uuid:pk>/workbook/", comparison_views.workbook, name="compare_workbook"),
    path("<uuid:pk>/", views.paper, name="paper_detail"),
    path("<uuid:pk>/fill/", views.fill, name="paper_fill"),
    path("<uuid:pk>/columns/", views.bind, name="paper_columns"),
    path("<uuid:pk>/cell/", views.bind_cell, name="paper_cell"),
    path("<uuid:pk>/remove/", views.remove, name="paper_remove"),
]
