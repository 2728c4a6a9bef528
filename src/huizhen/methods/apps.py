from datetime import timedelta

from django.apps import AppConfig


class MethodsConfig(AppConfig):
    name = "huizhen.methods"
    label = "methods"
    verbose_name = "工作法"

    def ready(self) -> None:
        from huizhen.cases.registry import register_resolver
        from huizhen.journal.registry import register_phrases, register_reader
        from huizhen.methods.actions.weighing import READER
        from huizhen.methods.jobs import drain, fade, look_again, remind_trials, tidy_pictures
        from huizhen.methods.queries.reuse import resolve
        from huizhen.methods.sources import SOURCE, WORTH, kind_words, state_words
        from huizhen.methods.verbs import PHRASES
        from huizhen.schedules.registry import register_job
        from huizhen.search.registry import register_source, register_words, register_worth

        register_phrases(self.label, PHRASES)
        register_source(SOURCE)
        register_words("kind", kind_words)
        register_words("state", state_words)
        register_worth(SOURCE.kind, WORTH)
        register_resolver(resolve)
        register_reader(READER)
        register_job("methods.drain", drain, every=timedelta(seconds=5))
        register_job("methods.trials", remind_trials, every=timedelta(minutes=30))
        register_job("methods.stale", look_again, every=timedelta(hours=6))
        register_job("methods.fade", fade, every=timedelta(hours=24))
        register_job("methods.pictures", tidy_pictures, every=timedelta(hours=24))
