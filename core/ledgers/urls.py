"""Addresses of the import, below /imports/."""

from django.urls import path

from core.ledgers import views, word_views

urlpatterns = [
    path("new/", views.upload, name="import_new"),
    path("template/<slug:kind>/", views.template, name="import_template"),
    path("words/<uuid:pk>/", word_views.word, name="word_detail"),
    path("words/<uuid:pk>/change/", word_views.change, name="word_change"),
    path("words/<uuid:pk>/forget/", word_views.forget, name="word_forget"),
    path("words/<uuid:pk>/adopt/", word_views.adopt, name="word_adopt"),
    path("words/<uuid:pk>/take-back/", word_views.take_back, name="word_take_back"),
    path("<uuid:pk>/", views.batch_page, name="import_detail"),
    path("<uuid:pk>/columns/", views.columns, name="import_columns"),
    path("<uuid:pk>/header/", views.header, name="import_header"),
    path("<uuid:pk>/answers/", views.answer_questions, name="import_answers"),
    path("<uuid:pk>/sheet/", views.sheet, name="import_sheet"),
    path("<uuid:pk>/kind/", views.kind, name="import_kind"),
    path("<uuid:pk>/confirm/", views.confirm, name="import_confirm"),
    path("<uuid:pk>/reason/", views.reason, name="import_reason"),
    path("<uuid:pk>/cancel/", views.cancel, name="import_cancel"),
    path("<uuid:pk>/resume/", views.resume, name="import_resume"),
    path("<uuid:pk>/undo/", views.undo, name="import_undo"),
    path("<uuid:pk>/refused/", views.refused, name="import_refused"),
    path("<uuid:pk>/rows/decide/", views.decide_all, name="import_decide_all"),
    path("<uuid:pk>/rows/<int:number>/decide/", views.decide, name="import_decide"),
]
