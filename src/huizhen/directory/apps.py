from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "huizhen.directory"
    label = "directory"
    verbose_name = "名册"

    def ready(self) -> None:
        from huizhen.directory.verbs import VERBS
        from huizhen.journal.registry import register_phrases

        register_phrases(self.label, VERBS)
