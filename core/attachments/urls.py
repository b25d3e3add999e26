"""Addresses of files: of one that is there, and of a record that gets one."""

from django.urls import path, re_path

from core.attachments import views

urlpatterns = [
    path("<uuid:pk>/", views.download, name="attachment_detail"),
    re_path(r"^(?P<pk>[0-9a-f-]{36})/(?P<verb>remove|restore)/$", views.act, name="attachment_act"),
    path("add/<str:label>/<uuid:owner>/", views.add, name="attachment_add"),
]
