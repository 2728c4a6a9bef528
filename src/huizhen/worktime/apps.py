from django.apps import AppConfig


class WorktimeConfig(AppConfig):
    name = "huizhen.worktime"
    label = "worktime"
    verbose_name = "工作日历"

    def ready(self) -> None:
        from huizhen.journal.registry import register_phrases
        from huizhen.worktime.verbs import VERBS

        register_phrases("worktime", VERBS)
