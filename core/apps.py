from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "公共"

    def ready(self) -> None:
        from core.ledgers import waiting  # noqa: F401  registers what waits
        from core.secrecy import checks  # noqa: F401  register checks and worker heartbeats
        from core.web import health  # noqa: F401  register checks and worker heartbeats
