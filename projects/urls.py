"""Addresses of projects and their payments."""

from django.urls import path

from projects import views

urlpatterns = [
    path("projects/", views.ProjectView.as_view(page="list"), name="project_list"),
    path("projects/new/", views.ProjectView.as_view(page="create"), name="project_create"),
    path("projects/export/", views.ProjectView.as_view(page="export"), name="project_export"),
    path("projects/<uuid:pk>/", views.ProjectView.as_view(page="detail"), name="project_detail"),
    path("projects/<uuid:pk>/edit/", views.ProjectView.as_view(page="edit"), name="project_edit"),
    path(
        "projects/<uuid:pk>/history/",
        views.ProjectView.as_view(page="history"),
        name="project_history",
    ),
    path(
        "projects/<uuid:pk>/<slug:verb>/", views.ProjectView.as_view(page="act"), name="project_act"
    ),
    path("milestones/", views.MilestoneView.as_view(page="list"), name="milestone_list"),
    path("milestones/export/", views.MilestoneView.as_view(page="export"), name="milestone_export"),
    path("milestones/new/", views.MilestoneView.as_view(page="create"), name="milestone_create"),
    path(
        "milestones/<uuid:pk>/", views.MilestoneView.as_view(page="detail"), name="milestone_detail"
    ),
    path(
        "milestones/<uuid:pk>/edit/",
        views.MilestoneView.as_view(page="edit"),
        name="milestone_edit",
    ),
    path(
        "milestones/<uuid:pk>/history/",
        views.MilestoneView.as_view(page="history"),
        name="milestone_history",
    ),
    path(
        "milestones/<uuid:pk>/<slug:verb>/",
        views.MilestoneView.as_view(page="act"),
        name="milestone_act",
    ),
    path("payments/", views.PaymentView.as_view(page="list"), name="payment_list"),
    path("payments/export/", views.PaymentView.as_view(page="export"), name="payment_export"),
    path("payments/new/", views.PaymentView.as_view(page="create"), name="payment_create"),
    path("payments/<uuid:pk>/", views.PaymentView.as_view(page="detail"), name="payment_detail"),
    path("payments/<uuid:pk>/edit/", views.PaymentView.as_view(page="edit"), name="payment_edit"),
    path(
        "payments/<uuid:pk>/history/",
        views.PaymentView.as_view(page="history"),
        name="payment_history",
    ),
    path(
        "payments/<uuid:pk>/<slug:verb>/", views.PaymentView.as_view(page="act"), name="payment_act"
    ),
]
