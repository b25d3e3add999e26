from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "看板与报表"

    def ready(self) -> None:
        from core.desk import status
        from core.entities import signed
        from reports.papers import official  # noqa: F401  declares what forms may ask for
        from reports.papers import words as of_forms  # noqa: F401
        from reports.periods import actions  # noqa: F401  registers the job that freezes
        from reports.periods.witness import SettledWitness
        from reports.recount import words

        signed.register(SettledWitness())
        status.register("指标复核", words.status)
