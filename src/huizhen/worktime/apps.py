from django.apps import AppConfig


class WorktimeConfig(AppConfig):
    name = "huizhen.worktime"
    label = "worktime"
    verbose_name = "工作日历"
