from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "公共"

    def ready(self) -> None:
        autodiscover_modules("entities", "reminders", "waiting")
        from core.desk import lists, notices  # noqa: F401  declares them
        from core.ledgers import entity, waiting  # noqa: F401  registers what waits
        from core.papers import taking  # noqa: F401  declares what takes the rows of lists
        from core.secrecy import checks  # noqa: F401  register checks and worker heartbeats
        from core.web import health  # noqa: F401  register checks and worker heartbeats
