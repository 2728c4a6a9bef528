from datetime import timedelta

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "huizhen.directory"
    label = "directory"
    verbose_name = "名册"

    def ready(self) -> None:
        from huizhen.directory.jobs import close_gone
        from huizhen.directory.sources import EXPERTS, GROUPS, domain_words, group_words, kind_words, unit_words
        from huizhen.directory.verbs import VERBS
        from huizhen.journal.registry import register_phrases
        from huizhen.schedules.registry import register_job
        from huizhen.search.registry import register_source, register_words

        register_phrases(self.label, VERBS)
        register_job("directory.close_gone", close_gone, every=timedelta(hours=1))
        register_source(GROUPS)
        register_source(EXPERTS)
        register_words("kind", kind_words)
        register_words("domain", domain_words)
        register_words("unit", unit_words)
        register_words("group", group_words)
