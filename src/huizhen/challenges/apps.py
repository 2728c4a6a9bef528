from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "huizhen.challenges"
    label = "challenges"
    verbose_name = "领题"
