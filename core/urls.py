"""Addresses of core: the workbench, help, search, the region field and switch."""

from django.urls import path

from core.desk import exports, helping, home, notices, regions, search, working_region
from core.desk.lists import OWN_EXPORTS
from core.drafts.views import drafts
from core.entities import saved_views
from core.entities.addresses import pages_of
from core.entities.pages.undo import UndoPage
from core.ledgers.entity import IMPORTS
from core.ledgers.word_entities import COMMON_WORDS, WORDS

urlpatterns = [
    path("", home.home, name="home"),
    path("help/", helping.help_page, name="help"),
    path("notice/", helping.notice, name="notice"),
    path("notice/read/", helping.notice_read, name="notice_read"),
    *pages_of(notices.NOTICES),
    path("notices/<uuid:pk>/<slug:verb>/", notices.notice_mark, name="notice_mark"),
    path("views/<str:entity>/save/", saved_views.save, name="saved_view_save"),
    path("views/<uuid:pk>/<str:verb>/", saved_views.change, name="saved_view_change"),
    path("steps/<uuid:pk>/undo/", UndoPage.as_view(), name="step_undo"),
    path("drafts/", drafts, name="drafts"),
    path("search/", search.search, name="search"),
    *pages_of(IMPORTS),
    *pages_of(WORDS),
    *pages_of(COMMON_WORDS),
    *pages_of(OWN_EXPORTS),
    path("exports/<uuid:pk>/", exports.wait, name="export_wait"),
    path("exports/<uuid:pk>/file/", exports.fetch, name="export_file"),
    path("exports/<uuid:pk>/cancel/", exports.cancel, name="export_cancel"),
    path("region/", working_region.region_switch, name="region_switch"),
    path("regions/abolished/", regions.move, name="region_move"),
    path("regions/cascade/", regions.cascade, name="region_cascade"),
    path("regions/suggest/", regions.suggest, name="region_suggest"),
    path("places/suggest/", regions.place_suggest, name="place_suggest"),
]
