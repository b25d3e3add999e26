"""Addresses of core: the workbench, help, search, the region field and switch."""

from django.urls import path

from core.desk import exports, helping, home, regions, search, working_region

urlpatterns = [
    path("", home.home, name="home"),
    path("help/", helping.help_page, name="help"),
    path("notice/", helping.notice, name="notice"),
    path("notice/read/", helping.notice_read, name="notice_read"),
    path("search/", search.search, name="search"),
    path("exports/", exports.export_list, name="export_list"),
    path("region/", working_region.region_switch, name="region_switch"),
    path("regions/abolished/", regions.move, name="region_move"),
    path("regions/cascade/", regions.cascade, name="region_cascade"),
    path("regions/suggest/", regions.suggest, name="region_suggest"),
    path("places/suggest/", regions.place_suggest, name="place_suggest"),
]
