"""Addresses of people, what belongs to them and what is asked about them (talent/entities.py),
and of what a worker opens herself."""

from django.urls import path

from core.entities.addresses import addresses_of
from talent.moves import views as moves
from talent.own import views as own
from talent.people import views as people
from talent.rosters.entity import ROSTERS
from talent.rosters.pages import PaperPage, WorkbooksPage

urlpatterns = [
    path("activate/", own.activate, name="activate"),
    path("me/", own.me, name="me"),
    path("me/numbers/", own.me_numbers, name="me_numbers"),
    path("me/copy/", own.me_copy, name="me_copy"),
    path("me/contact/", own.me_contact, name="me_contact"),
    path("me/requests/", own.me_requests, name="me_requests"),
    path("me/requests/new/", own.me_correct, name="me_correct"),
    path("me/requests/withdraw/", own.me_withdraw, name="me_withdraw"),
    path("me/reads/", own.me_reads, name="me_reads"),
    path("me/history/", own.me_history, name="me_history"),
    path("people/<uuid:pk>/reveal/", people.person_reveal, name="person_reveal"),
    path("people/<uuid:pk>/activation/", people.person_activation, name="person_activation"),
    path("people/id-number/", people.id_number_check, name="id_number_check"),
    path("transfers/new/", moves.transfer_new, name="transferrequest_create"),
    path("rosters/workbooks/", WorkbooksPage.as_view(entity=ROSTERS), name="roster_workbooks"),
    path("rosters/paper/", PaperPage.as_view(entity=ROSTERS), name="roster_paper"),
    *addresses_of("talent"),
]
