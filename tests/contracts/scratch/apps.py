from django.apps import AppConfig


class ScratchConfig(AppConfig):
    name = "tests.contracts.scratch"
    label = "scratch"
    verbose_name = "试"
