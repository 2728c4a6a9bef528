from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "huizhen.directory"
    label = "directory"
    verbose_name = "名册"

    def ready(self) -> None:
        from huizhen.directory.sources import EXPERTS, GROUPS, domain_words, group_words, kind_words, unit_words
        from huizhen.directory.verbs import VERBS
        from huizhen.journal.registry import register_phrases
        from huizhen.search.registry import register_source, register_words

        register_phrases(self.label, VERBS)
        register_source(GROUPS)
        register_source(EXPERTS)
        register_words("kind", kind_words)
        register_words("domain", domain_words)
        register_words("unit", unit_words)
        register_words("group", group_words)
