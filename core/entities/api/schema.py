"""The API's description as its readers have it: docstrings are the developers'."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema as SpectacularSchema

_VERBS = {"list": "列表", "retrieve": "详情", "create": "提交"}


class AutoSchema(SpectacularSchema):
    def get_summary(self) -> str:
        """「人员：列表」, or what a view of its own says it gives."""
        view: Any = self.view
        model = getattr(view, "model", None)
        if model is None:
            return str(view.summary)
        return f"{model._meta.verbose_name}：{_VERBS[view.action]}"
