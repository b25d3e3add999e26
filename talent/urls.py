"""Addresses of people and what belongs to them."""

from django.urls import path

from talent import views

urlpatterns = [
    path("people/", views.PersonView.as_view(page="list"), name="person_list"),
    path("people/new/", views.PersonView.as_view(page="create"), name="person_create"),
    path("people/export/", views.PersonView.as_view(page="export"), name="person_export"),
    path("people/bulk/<slug:verb>/", views.PersonView.as_view(page="bulk"), name="person_bulk"),
    path("people/<uuid:pk>/", views.PersonView.as_view(page="detail"), name="person_detail"),
    path("people/<uuid:pk>/edit/", views.PersonView.as_view(page="edit"), name="person_edit"),
    path(
        "people/<uuid:pk>/history/", views.PersonView.as_view(page="history"), name="person_history"
    ),
    path("people/<uuid:pk>/<slug:verb>/", views.PersonView.as_view(page="act"), name="person_act"),
    path("certificates/", views.CertificateView.as_view(page="list"), name="certificate_list"),
    path(
        "certificates/new/", views.CertificateView.as_view(page="create"), name="certificate_create"
    ),
    path(
        "certificates/export/",
        views.CertificateView.as_view(page="export"),
        name="certificate_export",
    ),
    path(
        "certificates/bulk/<slug:verb>/",
        views.CertificateView.as_view(page="bulk"),
        name="certificate_bulk",
    ),
    path(
        "certificates/<uuid:pk>/",
        views.CertificateView.as_view(page="detail"),
        name="certificate_detail",
    ),
    path(
        "certificates/<uuid:pk>/edit/",
        views.CertificateView.as_view(page="edit"),
        name="certificate_edit",
    ),
    path(
        "certificates/<uuid:pk>/history/",
        views.CertificateView.as_view(page="history"),
        name="certificate_history",
    ),
    path(
        "certificates/<uuid:pk>/<slug:verb>/",
        views.CertificateView.as_view(page="act"),
        name="certificate_act",
    ),
    path(
        "registrations/",
        views.RegistrationPeriodView.as_view(page="list"),
        name="registrationperiod_list",
    ),
    path(
        "registrations/new/",
        views.RegistrationPeriodView.as_view(page="create"),
        name="registrationperiod_create",
    ),
    path(
        "registrations/export/",
        views.RegistrationPeriodView.as_view(page="export"),
        name="registrationperiod_export",
    ),
    path(
        "registrations/<uuid:pk>/",
        views.RegistrationPeriodView.as_view(page="detail"),
        name="registrationperiod_detail",
    ),
    path(
        "registrations/<uuid:pk>/edit/",
        views.RegistrationPeriodView.as_view(page="edit"),
        name="registrationperiod_edit",
    ),
    path(
        "registrations/<uuid:pk>/history/",
        views.RegistrationPeriodView.as_view(page="history"),
        name="registrationperiod_history",
    ),
    path(
        "registrations/<uuid:pk>/<slug:verb>/",
        views.RegistrationPeriodView.as_view(page="act"),
        name="registrationperiod_act",
    ),
    path("educations/", views.EducationView.as_view(page="list"), name="education_list"),
    path("educations/export/", views.EducationView.as_view(page="export"), name="education_export"),
    path("educations/new/", views.EducationView.as_view(page="create"), name="education_create"),
    path(
        "educations/<uuid:pk>/", views.EducationView.as_view(page="detail"), name="education_detail"
    ),
    path(
        "educations/<uuid:pk>/edit/",
        views.EducationView.as_view(page="edit"),
        name="education_edit",
    ),
    path(
        "educations/<uuid:pk>/history/",
        views.EducationView.as_view(page="history"),
        name="education_history",
    ),
    path(
        "educations/<uuid:pk>/<slug:verb>/",
        views.EducationView.as_view(page="act"),
        name="education_act",
    ),
    path("titles/", views.TitleView.as_view(page="list"), name="title_list"),
    path("titles/export/", views.TitleView.as_view(page="export"), name="title_export"),
    path("titles/new/", views.TitleView.as_view(page="create"), name="title_create"),
    path("titles/<uuid:pk>/", views.TitleView.as_view(page="detail"), name="title_detail"),
    path("titles/<uuid:pk>/edit/", views.TitleView.as_view(page="edit"), name="title_edit"),
    path(
        "titles/<uuid:pk>/history/", views.TitleView.as_view(page="history"), name="title_history"
    ),
    path("titles/<uuid:pk>/<slug:verb>/", views.TitleView.as_view(page="act"), name="title_act"),
    path("posts/", views.PostView.as_view(page="list"), name="post_list"),
    path("posts/new/", views.PostView.as_view(page="create"), name="post_create"),
    path("posts/export/", views.PostView.as_view(page="export"), name="post_export"),
    path("posts/<uuid:pk>/", views.PostView.as_view(page="detail"), name="post_detail"),
    path("posts/<uuid:pk>/edit/", views.PostView.as_view(page="edit"), name="post_edit"),
    path("posts/<uuid:pk>/history/", views.PostView.as_view(page="history"), name="post_history"),
    path("posts/<uuid:pk>/<slug:verb>/", views.PostView.as_view(page="act"), name="post_act"),
    path("key-talents/", views.KeyTalentClaimView.as_view(page="list"), name="keytalentclaim_list"),
    path(
        "key-talents/new/",
        views.KeyTalentClaimView.as_view(page="create"),
        name="keytalentclaim_create",
    ),
    path(
        "key-talents/export/",
        views.KeyTalentClaimView.as_view(page="export"),
        name="keytalentclaim_export",
    ),
    path(
        "key-talents/<uuid:pk>/",
        views.KeyTalentClaimView.as_view(page="detail"),
        name="keytalentclaim_detail",
    ),
    path(
        "key-talents/<uuid:pk>/edit/",
        views.KeyTalentClaimView.as_view(page="edit"),
        name="keytalentclaim_edit",
    ),
    path(
        "key-talents/<uuid:pk>/history/",
        views.KeyTalentClaimView.as_view(page="history"),
        name="keytalentclaim_history",
    ),
    path(
        "key-talents/<uuid:pk>/<slug:verb>/",
        views.KeyTalentClaimView.as_view(page="act"),
        name="keytalentclaim_act",
    ),
    path("graduates/", views.GraduateStatView.as_view(page="list"), name="graduatestat_list"),
    path(
        "graduates/new/", views.GraduateStatView.as_view(page="create"), name="graduatestat_create"
    ),
    path(
        "graduates/export/",
        views.GraduateStatView.as_view(page="export"),
        name="graduatestat_export",
    ),
    path(
        "graduates/<uuid:pk>/",
        views.GraduateStatView.as_view(page="detail"),
        name="graduatestat_detail",
    ),
    path(
        "graduates/<uuid:pk>/edit/",
        views.GraduateStatView.as_view(page="edit"),
        name="graduatestat_edit",
    ),
    path(
        "graduates/<uuid:pk>/history/",
        views.GraduateStatView.as_view(page="history"),
        name="graduatestat_history",
    ),
    path(
        "graduates/<uuid:pk>/<slug:verb>/",
        views.GraduateStatView.as_view(page="act"),
        name="graduatestat_act",
    ),
    path("people/id-number/", views.id_number_check, name="id_number_check"),
]
