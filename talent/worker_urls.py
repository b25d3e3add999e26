"""Addresses of the worker's own pages and of requests; they come before those of records."""

from django.urls import path

from talent import request_views as requests
from talent import worker_views as worker

urlpatterns = [
    path("activate/", worker.activate, name="activate"),
    path("me/", worker.me, name="me"),
    path("me/numbers/", worker.me_numbers, name="me_numbers"),
    path("me/copy/", worker.me_copy, name="me_copy"),
    path("me/contact/", worker.me_contact, name="me_contact"),
    path("me/requests/", worker.me_requests, name="me_requests"),
    path("me/requests/new/", worker.me_correct, name="me_correct"),
    path("me/requests/withdraw/", worker.me_withdraw, name="me_withdraw"),
    path("me/reads/", worker.me_reads, name="me_reads"),
    path("me/history/", worker.me_history, name="me_history"),
    path("people/<uuid:pk>/reveal/", requests.person_reveal, name="person_reveal"),
    path("people/<uuid:pk>/activation/", requests.person_activation, name="person_activation"),
    path("transfers/", requests.transfer_list, name="transferrequest_list"),
    path("transfers/new/", requests.transfer_new, name="transferrequest_create"),
    path("transfers/<uuid:pk>/", requests.transfer_detail, name="transferrequest_detail"),
    path("changes/", requests.change_list, name="changerequest_list"),
    path("changes/<uuid:pk>/", requests.change_detail, name="changerequest_detail"),
]
