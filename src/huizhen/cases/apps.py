from datetime import timedelta

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "huizhen.cases"
    label = "cases"
    verbose_name = "病例"

    def ready(self) -> None:
        from huizhen.cases.jobs import follow_people, sweep, write_imports
        from huizhen.cases.queries.watched import overdue
        from huizhen.cases.sources import SOURCE, kind_words, situation_words, stage_words, urgency_words
        from huizhen.cases.verbs import PHRASES
        from huizhen.journal.registry import register_phrases
        from huizhen.schedules.registry import register_gauge, register_job
        from huizhen.search.registry import register_source, register_words

        register_phrases("cases", PHRASES)
        register_source(SOURCE)
        register_words("kind", kind_words)
        register_words("state", stage_words)
        register_words("situation", situation_words)
        register_words("urgency", urgency_words)
        register_job("cases.sweep", sweep, every=timedelta(seconds=30))
        register_job("cases.imports", write_imports, every=timedelta(seconds=3))
        register_job("cases.people", follow_people, every=timedelta(minutes=30))
        register_gauge("huizhen_cases_overdue", "Open cases past their deadline, at most 10000", overdue)
