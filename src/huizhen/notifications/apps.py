from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "huizhen.notifications"
    label = "notifications"
    verbose_name = "消息"

    def ready(self) -> None:
        from datetime import timedelta

        from huizhen.journal.registry import register_phrases, register_reader
        from huizhen.notifications import jobs
        from huizhen.notifications.choices import READER
        from huizhen.notifications.queries import deliveries
        from huizhen.notifications.verbs import PHRASES
        from huizhen.schedules.registry import register_gauge, register_job

        register_phrases("notifications", PHRASES)
        register_reader(READER)
        register_job("notifications.drain", jobs.drain, every=timedelta(seconds=3))
        register_job("notifications.deliver", jobs.deliver, every=timedelta(seconds=5))
        register_job("notifications.digest", jobs.digest, every=timedelta(minutes=10))
        register_gauge(
            "huizhen_deliveries_waiting", "Deliveries whose time has come, at most 10000", deliveries.waiting
        )
        register_gauge(
            "huizhen_deliveries_oldest_seconds",
            "How long the oldest delivery whose time has come waits; 0 when there is none",
            deliveries.oldest_waiting,
        )
        register_gauge(
            "huizhen_deliveries_in_trouble",
            "Failed and doubtful deliveries that nobody put aside, at most 10000",
            deliveries.in_trouble,
        )
