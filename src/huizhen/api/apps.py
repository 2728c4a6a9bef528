from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "huizhen.api"
    label = "api"
    verbose_name = "接口"
