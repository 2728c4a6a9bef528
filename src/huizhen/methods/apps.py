from django.apps import AppConfig


class MethodsConfig(AppConfig):
    name = "huizhen.methods"
    label = "methods"
    verbose_name = "工作法"
