from datetime import timedelta

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "huizhen.cases"
    label = "cases"
    verbose_name = "病例"

    def ready(self) -> None:
        from huizhen.cases.jobs import follow_people, sweep
        from huizhen.cases.queries.watched import overdue
        from huizhen.cases.sources import SOURCE
        from huizhen.cases.verbs import PHRASES
        from huizhen.journal.registry import register_phrases
        from huizhen.schedules.registry import register_gauge, register_job
        from huizhen.search.registry import register_source

        register_phrases("cases", PHRASES)
        register_source(SOURCE)
        register_job("cases.sweep", sweep, every=timedelta(seconds=30))
        register_job("cases.people", follow_people, every=timedelta(minutes=30))
        register_gauge("huizhen_cases_overdue", "Open cases past their deadline, at most 10000", overdue)
