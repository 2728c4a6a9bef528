from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "huizhen.search"
    label = "search"
    verbose_name = "检索"
