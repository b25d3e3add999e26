"""Addresses of stations and organisations."""

from django.urls import path

from stations import views

urlpatterns = [
    path("stations/", views.StationView.as_view(page="list"), name="station_list"),
    path("stations/new/", views.StationView.as_view(page="create"), name="station_create"),
    path("stations/export/", views.StationView.as_view(page="export"), name="station_export"),
    path("stations/bulk/<slug:verb>/", views.StationView.as_view(page="bulk"), name="station_bulk"),
    path("stations/lookup/", views.StationView.as_view(page="lookup"), name="station_lookup"),
    path("stations/<uuid:pk>/", views.StationView.as_view(page="detail"), name="station_detail"),
    path("stations/<uuid:pk>/edit/", views.StationView.as_view(page="edit"), name="station_edit"),
    path(
        "stations/<uuid:pk>/history/",
        views.StationView.as_view(page="history"),
        name="station_history",
    ),
    path(
        "stations/<uuid:pk>/<slug:verb>/", views.StationView.as_view(page="act"), name="station_act"
    ),
    path("organizations/", views.OrganizationView.as_view(page="list"), name="organization_list"),
    path(
        "organizations/new/",
        views.OrganizationView.as_view(page="create"),
        name="organization_create",
    ),
    path(
        "organizations/export/",
        views.OrganizationView.as_view(page="export"),
        name="organization_export",
    ),
    path(
        "organizations/lookup/",
        views.OrganizationView.as_view(page="lookup"),
        name="organization_lookup",
    ),
    path(
        "organizations/<uuid:pk>/",
        views.OrganizationView.as_view(page="detail"),
        name="organization_detail",
    ),
    path(
        "organizations/<uuid:pk>/edit/",
        views.OrganizationView.as_view(page="edit"),
        name="organization_edit",
    ),
    path(
        "organizations/<uuid:pk>/history/",
        views.OrganizationView.as_view(page="history"),
        name="organization_history",
    ),
    path(
        "organizations/<uuid:pk>/<slug:verb>/",
        views.OrganizationView.as_view(page="act"),
        name="organization_act",
    ),
    path(
        "station-months/",
        views.StationMonthlyView.as_view(page="list"),
        name="stationmonthly_list",
    ),
    path(
        "station-months/export/",
        views.StationMonthlyView.as_view(page="export"),
        name="stationmonthly_export",
    ),
    path(
        "station-months/new/",
        views.StationMonthlyView.as_view(page="create"),
        name="stationmonthly_create",
    ),
    path(
        "station-months/<uuid:pk>/",
        views.StationMonthlyView.as_view(page="detail"),
        name="stationmonthly_detail",
    ),
    path(
        "station-months/<uuid:pk>/edit/",
        views.StationMonthlyView.as_view(page="edit"),
        name="stationmonthly_edit",
    ),
    path(
        "station-months/<uuid:pk>/history/",
        views.StationMonthlyView.as_view(page="history"),
        name="stationmonthly_history",
    ),
    path(
        "station-months/<uuid:pk>/<slug:verb>/",
        views.StationMonthlyView.as_view(page="act"),
        name="stationmonthly_act",
    ),
]
