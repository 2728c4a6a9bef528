from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "huizhen.web"
    label = "web"
    verbose_name = "页面"
