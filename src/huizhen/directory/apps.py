from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "huizhen.directory"
    label = "directory"
    verbose_name = "名册"
