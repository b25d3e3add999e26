from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "公共"

    def ready(self) -> None:
        from core import checks, health  # noqa: F401  register checks and worker heartbeats
        from core.imports import waiting  # noqa: F401  registers what waits
