"""领题: what each branch takes on this year."""

from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "huizhen.challenges"
    label = "challenges"
    verbose_name = "领题"

    def ready(self) -> None:
        from huizhen.challenges.verbs import PHRASES
        from huizhen.journal.registry import register_phrases

        register_phrases(self.label, PHRASES)
