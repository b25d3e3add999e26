"""Addresses of files: of one that is there, and of a record that gets one."""

from django.urls import path

from core.attachments import views

urlpatterns = [
    path("<uuid:pk>/", views.download, name="attachment_detail"),
    path("<uuid:pk>/<str:verb>/", views.act, name="attachment_act"),
    path("add/<str:label>/<uuid:owner>/", views.add, name="attachment_add"),
]
