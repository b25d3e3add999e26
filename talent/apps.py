from django.apps import AppConfig


class TalentConfig(AppConfig):
    name = "talent"
    verbose_name = "人才"

    def ready(self) -> None:
        # Declare which records have files, and what is said before it is due.
        from talent import files, reminders  # noqa: F401
