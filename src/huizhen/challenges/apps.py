"""领题: what each branch takes on this year."""

from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "huizhen.challenges"
    label = "challenges"
    verbose_name = "领题"

    def ready(self) -> None:
        from huizhen.challenges.sources import SOURCE, kind_words, state_words
        from huizhen.challenges.verbs import PHRASES
        from huizhen.journal.registry import register_phrases
        from huizhen.search.registry import register_source, register_words

        register_phrases(self.label, PHRASES)
        register_source(SOURCE)
        register_words("kind", kind_words)
        register_words("state", state_words)
