"""The stock admin: a list of 100 rows a page in the order of the product's own list."""

from django.contrib import admin
from django.urls import path

from bench.peer.models import StockPerson


@admin.register(StockPerson)
class StockPersonAdmin(admin.ModelAdmin):
    list_display = (
        "name", "sex", "id_number", "phone", "township", "employer", "certificate_level", "post",
    )  # fmt: skip
    list_filter = ("certificate_level",)
    search_fields = ("name", "pinyin", "id_number", "phone")
    list_per_page = 100
    ordering = ("pinyin", "id")


urlpatterns = [path("admin/", admin.site.urls)]
