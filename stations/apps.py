from django.apps import AppConfig


class StationsConfig(AppConfig):
    name = "stations"
    verbose_name = "阵地"

    def ready(self) -> None:
        from stations import files  # noqa: F401  declares which records have files
