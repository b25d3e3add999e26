from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "看板与报表"

    def ready(self) -> None:
        from reports.periods import actions  # noqa: F401  registers the job that freezes
