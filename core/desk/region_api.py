"""The API of divisions: the own region and those below it, past ones too."""

from __future__ import annotations

import django_filters as filters
from django.db.models import Q
from rest_framework import serializers
from rest_framework.request import Request

from core.entities.api.records import RecordAPI
from core.regions.models import Region


class RegionFilter(filters.FilterSet):
    level = filters.ChoiceFilter(label="级别", choices=Region.Level.choices)
    parent = filters.CharFilter(label="上级代码", field_name="parent_id", max_length=12)
    is_current = filters.BooleanFilter(label="现行", field_name="valid_to", lookup_expr="isnull")

    def search(self, text: str) -> Q:
        return Q(name__contains=text) | Q(code__startswith=text)


class RegionSerializer(serializers.ModelSerializer):
    level_label = serializers.CharField(source="get_level_display", read_only=True)

    class Meta:
        model = Region
        fields = (
            "code", "name", "level", "level_label", "parent", "valid_from", "valid_to", "successor",
        )  # fmt: skip


class RegionAPI(RecordAPI):
    model = Region
    serializer_class = RegionSerializer
    filterset_class = RegionFilter
    lookup_value_converter = "str"
    lookup_value_regex = "[0-9]{2,12}"

    def permission_for(self, request: Request) -> str:
        return "reports.view_dashboard"
