from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "huizhen.search"
    label = "search"
    verbose_name = "检索"

    def ready(self) -> None:
        from datetime import timedelta

        from huizhen.journal.registry import register_phrases, register_reader
        from huizhen.schedules.registry import register_gauge, register_job
        from huizhen.search import jobs
        from huizhen.search.choices import READER
        from huizhen.search.queries import state
        from huizhen.search.verbs import VERBS

        register_phrases(self.label, VERBS)
        register_reader(READER)
        register_job("search.drain", jobs.drain, every=timedelta(seconds=3))
        register_job("search.rebuild", jobs.rebuild, every=timedelta(seconds=10))
        register_gauge(
            "huizhen_search_behind_seconds",
            "Age of the oldest happening that the index does not know; 0 when it knows all",
            state.behind,
        )
        register_gauge(
            "huizhen_search_rebuild_seconds",
            "Time since an unfinished rebuild of the index was asked for; 0 when there is none",
            state.rebuilding,
        )
