from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "huizhen.journal"
    label = "journal"
    verbose_name = "流水"
