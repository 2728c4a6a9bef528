from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "huizhen.cases"
    label = "cases"
    verbose_name = "病例"
