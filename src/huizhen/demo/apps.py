from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "huizhen.demo"
    label = "demo"
    verbose_name = "演示"
