"""The API's description as its readers have it: docstrings are the developers', and what an
operation answers when it cannot belongs to it (core.entities.api.policy.exception_handler)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema as SpectacularSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

_VERBS = {"list": "列表", "retrieve": "详情", "create": "提交"}


class ErrorSerializer(serializers.Serializer):
    detail = serializers.CharField(help_text="一句话，说明原因和怎么办")


class InvalidSerializer(ErrorSerializer):
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="按字段或查询条件说明；内容不是有效的 JSON 时没有",
    )


INVALID = OpenApiResponse(InvalidSerializer, "提交或查询的内容有误")
UNAUTHENTICATED = OpenApiResponse(ErrorSerializer, "没有登录，或接口令牌无效")
FORBIDDEN = OpenApiResponse(ErrorSerializer, "角色没有这项权限")
NOT_FOUND = OpenApiResponse(ErrorSerializer, "没有找到，或不在辖区内")
CONFLICT = OpenApiResponse(ErrorSerializer, "有人同时办理同一件事，这一次没有保存")


class AutoSchema(SpectacularSchema):
    def get_summary(self) -> str:
        """「人员：列表」, or what a view of its own says it gives."""
        view: Any = self.view
        model = getattr(view, "model", None)
        if model is None:
            return str(view.summary)
        return f"{model._meta.verbose_name}：{_VERBS[view.action]}"

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """Every operation asks who is there and for a right, and refuses conditions that it does
        not know; the rest follows from what it takes: a key may lead nowhere, and who writes may
        meet another."""
        operation: Any = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        within = {parameter["in"] for parameter in operation.get("parameters", ())}
        writes = "requestBody" in operation
        errors = {"400": INVALID, "401": UNAUTHENTICATED, "403": FORBIDDEN}
        errors |= {"404": NOT_FOUND} if "path" in within else {}
        errors |= {"409": CONFLICT} if writes else {}
        for code, response in errors.items():
            operation["responses"].setdefault(code, self._get_response_for_code(response, code))
        return operation
