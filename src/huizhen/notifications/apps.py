from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "huizhen.notifications"
    label = "notifications"
    verbose_name = "消息"

    def ready(self) -> None:
        from huizhen.journal.registry import register_phrases, register_reader
        from huizhen.notifications.choices import READER
        from huizhen.notifications.verbs import PHRASES

        register_phrases("notifications", PHRASES)
        register_reader(READER)
