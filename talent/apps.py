from django.apps import AppConfig


class TalentConfig(AppConfig):
    name = "talent"
    verbose_name = "人才"

    def ready(self) -> None:
        from talent import files  # noqa: F401  declares which records have files
