from django.apps import AppConfig


class MethodsConfig(AppConfig):
    name = "huizhen.methods"
    label = "methods"
    verbose_name = "工作法"

    def ready(self) -> None:
        from huizhen.journal.registry import register_phrases
        from huizhen.methods.verbs import PHRASES

        register_phrases(self.label, PHRASES)
