from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "huizhen.cases"
    label = "cases"
    verbose_name = "病例"

    def ready(self) -> None:
        from huizhen.cases.verbs import PHRASES
        from huizhen.journal.registry import register_phrases

        register_phrases("cases", PHRASES)
