from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "huizhen.directory"
    label = "directory"
    verbose_name = "名册"

    def ready(self) -> None:
        from huizhen.directory.sources import EXPERTS, GROUPS
        from huizhen.directory.verbs import VERBS
        from huizhen.journal.registry import register_phrases
        from huizhen.search.registry import register_source

        register_phrases(self.label, VERBS)
        register_source(GROUPS)
        register_source(EXPERTS)
